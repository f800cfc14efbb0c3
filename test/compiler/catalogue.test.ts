import { describe, expect, it } from 'vitest';
import { shippedEnvironments } from '../../compiler/bind/environments.ts';
import { ENVIRONMENT_CATALOGUE } from '../../compiler/catalogue/environments.ts';
import { GPUS } from '../../compiler/catalogue/gpus.ts';
import { PROFILE_CATALOGUE } from '../../compiler/catalogue/profiles.ts';
import { check } from '../../compiler/check.ts';
import { format } from '../../dsl/print.ts';
import { experimentText, planOf, SMALL, smallWith } from './example.ts';

describe('the shipped catalogue', () => {
  it('is written in the language, without a mistake', () => {
    expect(check({ path: 'environments.exp', text: ENVIRONMENT_CATALOGUE })).toEqual([]);
    expect(format({ path: 'environments.exp', text: ENVIRONMENT_CATALOGUE })[1]).toEqual([]);
    expect(check({ path: 'profiles.exp', text: `${PROFILE_CATALOGUE}\n${SMALL}` })).toEqual([]);
  });

  it.each([
    'local',
    'colab.t4',
    'colab.v100',
    'colab.a100',
    'aws.g4dn.xlarge',
    'aws.p3.2xlarge',
    'gcp.n1-standard-4-t4',
    'azure.nc4as-t4-v3',
    'workstation.rtx-3060',
    'workstation.rtx-3070',
    'slurm.a100',
    'apple.mac-mini',
  ])('has %s', (name) => {
    expect(shippedEnvironments().get(name)).toBeDefined();
  });

  const environments = [...shippedEnvironments().values()];

  it.each(
    environments.filter(({ values }) => values.price !== null && values.price > 0).map((each) => [each.name, each]),
  )('dates the price of %s', (_, { values }) => {
    expect(values.asOf).toMatch(/^20\d\d(-\d\d){0,2}$/);
  });

  it.each(environments.filter(({ name }) => /^(aws|gcp|azure)\./.test(name)).map((each) => [each.name, each]))(
    'says for which region the price of %s holds',
    (_, { values }) => {
      expect(values.region).not.toBeNull();
    },
  );

  it('knows the speed of every GPU that it names', () => {
    const unknown = environments.filter(({ values }) => values.gpu !== null && GPUS[values.gpu.name] === undefined);
    expect(unknown).toEqual([]);
  });
});

/** What the guides to these machines say, so that nobody has to find it out there. */
describe('the shipped profiles', () => {
  const planUnder = (profile: string, set: readonly string[] = [], settings = '') =>
    planOf(smallWith(settings), { profile, set }).plan;

  it('fill a GPU in a cloud: the largest batch that fits, data prepared beside it and kept in memory', () => {
    const plan = planUnder('cloud-gpu');
    expect(plan).toMatchObject({ batchSize: 4, workers: 4, cache: 'memory', patch: [32, 32, 32] });
    expect(plan.environment).toMatchObject({ name: 'aws.g4dn.xlarge', gpu: { name: 'T4' } });
    const swin = experimentText('swin').replace(/ {2}profile (.*\n)*?^ {2}\}\n/gm, '');
    expect(planOf(swin, { profile: 'cloud-gpu' }).plan).toMatchObject({ patch: [96, 96, 96], batchSize: 3 });
  });

  it('try a small version on a Mac, one process that forks nothing and fills no memory', () => {
    expect(planUnder('mac-test')).toMatchObject({
      ...{ batchSize: 1, workers: 0, cache: 'none', patch: [32, 32, 32] },
      model: { name: 'SegResNet', initFilters: 8 },
      schedule: { epochs: 2 },
      dataset: { subjects: 8 },
      environment: { name: 'apple.mac-mini', gpu: null },
    });
  });

  it('try nothing larger than the file has it, side by side', () => {
    const text = smallWith('')
      .replace(/patch: \S+/, 'patch: 48x96x48')
      .replace(/epochs: \d+/, 'epochs: 1')
      .replace(/model SegResNet \{[^}]*\}/, 'model SegResNet { init_filters: 8 }');
    expect(planOf(text, { profile: 'mac-test' }).plan).toMatchObject({
      patch: [48, 64, 48],
      schedule: { epochs: 1 },
      model: { initFilters: 8 },
    });
    const first = text.replace('foreground: [1]', 'foreground: [1]  subjects: first 4');
    expect(planOf(first, { profile: 'mac-test' }).plan.dataset.subjects).toBe(4);
  });

  it('leave everything as it is on the machine at hand', () => {
    const { profile: _, ...here } = planUnder('local');
    const { profile: __, ...bare } = planOf(SMALL).plan;
    expect(here).toEqual(bare);
  });

  it('are overridden by --set, and by a profile of the file', () => {
    expect(planUnder('mac-test', ['workers=2', 'patch=32x32x32', 'cache=disk', 'batch_size=2'])).toMatchObject({
      ...{ workers: 2, patch: [32, 32, 32], cache: 'disk', batchSize: 2 },
    });
    const own = 'profile cloud-gpu on aws.g5.xlarge { workers: 2 }';
    expect(planUnder('cloud-gpu', [], own)).toMatchObject({
      workers: 2,
      batchSize: 1,
      environment: { name: 'aws.g5.xlarge' },
    });
  });
});
