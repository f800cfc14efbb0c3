import { describe, expect, it } from 'vitest';
import type { CompileOptions } from '../../compiler/compile.ts';
import type { Outlook } from '../../compiler/outlook.ts';
import { type EnvironmentChoice, planEnvironments } from '../../compiler/plan-environments.ts';
import { experimentText, planOf, SMALL } from './example.ts';

const OWN = `environment lab.big { gpu: RTX-4090  cpu: 8 cores  memory: 64GB  price: $0.10/h  session: 15min  as_of: "2026-11" }
environment lab.tiny { gpu: T4(memory: 1GB)  memory: 32GB  price: $0/h }
environment lab.cramped { gpu: T4  memory: 7GB  storage: 1GB  price: $0/h }
`;

/** 50 subjects of 256³ voxels, of which 35 are trained on. */
const outlook: Outlook = {
  data: () => ({ stepsPerEpoch: 35, cases: 50, validationCases: 7, caseSize: [256, 256, 256] }),
  measured: () => [],
  cores: 2,
};

function choices(text: string, changes: Partial<CompileOptions & { runs: number }> = {}) {
  const options = { profile: null, set: [], environment: () => undefined, outlook, runs: 1, ...changes };
  return planEnvironments({ path: 'test.exp', text }, options);
}

function choice(name: string, made: readonly EnvironmentChoice[] | null): EnvironmentChoice {
  const found = made?.find(({ environment }) => environment.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function fitting(name: string, made: readonly EnvironmentChoice[] | null) {
  const { outcome } = choice(name, made);
  if (outcome.kind !== 'fits') throw new Error(`${name}: ${outcome.reason}`);
  return outcome;
}

describe('environments to choose from', () => {
  const made = choices(`${OWN}${experimentText('swin')}`, { profile: 'cloud-gpu' });

  it('are the catalogue and those of the file', () => {
    expect(made?.map(({ environment }) => environment.name)).toEqual(
      expect.arrayContaining(['local', 'colab.t4', 'aws.p3.2xlarge', 'lab.big', 'lab.tiny']),
    );
    expect([choice('local', made).own, choice('lab.big', made).own, choice('colab.t4', made).own]).toEqual([
      true,
      true,
      false,
    ]);
    expect(choice('lab.big', made).priceAsOf).toBe('2026-11');
  });

  it('are planned each by itself: the batch that fits, and activations computed again where that is what it takes', () => {
    expect(fitting('lab.big', made).plan.batchSize).toBe(4);
    expect(fitting('colab.t4', made).plan.batchSize).toBe(3);
    const cramped = fitting('workstation.rtx-3070', made);
    expect([cramped.plan.batchSize, cramped.plan.activationLimitBytes]).toEqual([2, expect.any(Number)]);
    expect(cramped.limits.join()).toContain('computes activations again');
  });

  it('give the plan that the profile on that environment has', () => {
    const text = experimentText('swin').replace('cloud-gpu on aws.g4dn.xlarge', 'cloud-gpu on lab.big');
    expect(fitting('lab.big', made).plan).toEqual(planOf(`${OWN}${text}`, { profile: 'cloud-gpu' }).plan);
  });

  it('say why not', () => {
    expect(choice('lab.tiny', made).outcome).toMatchObject({
      kind: 'no',
      reason: expect.stringContaining('1.0 GB of `lab.tiny`'),
    });
    // 50 cases of 256³ voxels, five bytes each, beside the trainer's own three gigabytes.
    expect(
      choice('lab.cramped', choices(`${OWN}${experimentText('swin')}`, { set: ['cache=memory'] })).outcome,
    ).toMatchObject({
      kind: 'no',
      reason: '7.2 GB of main memory with all cases cached, more than its 7.0 GB; `cache: disk` needs less',
    });
    expect(
      choice('lab.cramped', choices(`${OWN}${experimentText('swin')}`, { set: ['cache=disk'] })).outcome,
    ).toMatchObject({
      kind: 'no',
      reason: 'the prepared cases take 4.2 GB of its 1.0 GB of storage',
    });
  });

  it('name the limits of a place', () => {
    expect(fitting('lab.big', made).limits.join()).toMatch(/sessions end after 0.25 h: up to \d+ of them/);
    expect(fitting('aws.p4d.24xlarge', made).limits).toEqual(['uses 1 of its 8 GPUs, and pays for all']);
    expect(fitting('slurm.a100', made).limits).toEqual(['jobs wait for SLURM']);
    expect(fitting('apple.mac-mini', made).limits).toContain('no GPU');
  });

  it('cost what all runs cost', () => {
    const [one, five] = [1, 5].map((runs) => fitting('colab.t4', choices(SMALL, { runs })).estimate.costUsd?.high ?? 0);
    expect(five).toBeCloseTo(5 * (one ?? 0));
  });

  it('are none where the file itself is wrong', () => {
    expect(choices(SMALL.replace('patch: 32x32x32', 'patch: 33x32x32'))).toBeNull();
    expect(choices('experiment')).toBeNull();
  });
});
