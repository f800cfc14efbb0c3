import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { experimentText } from '../compiler/example.ts';
import { expInProcess, temporaryFolder } from '../helpers/cli.ts';

/** `exp plan --environments` as it is typed. */

const small = (more = '') => `experiment small {
  dataset phantom(subjects: 20, size: 64) { foreground: [1] }
  model SegResNet { init_filters: 8 }
  patch: 32x32x32
  schedule { epochs: 10 }
  ${more}
}
environment lab.shed { gpu: T4(memory: 0.8GB)  memory: 32GB  price: $0/h }
`;
const folder = temporaryFolder({
  'small.exp': small('profile shed on lab.shed { }'),
  'sweep.exp': small('profile shed on lab.shed { }\n  sweep { seed: [1, 2, 3, 4]  stop: halving(after: 1 epoch) }'),
  'wrong.exp': small('batch_size: none'),
  'poor.exp': small('profile shed on lab.shed { }\n  budget: $0.0001'),
});
writeFileSync(join(folder, 'swin.exp'), experimentText('swin').replace('bids("data/organ")', 'bids("nowhere")'));

const run = (...args: string[]) => expInProcess(['plan', ...args, '--environments'], { cwd: folder });

interface Shown {
  readonly runs: number;
  readonly environments: readonly {
    readonly name: string;
    readonly own: boolean;
    readonly fits: boolean;
    readonly chosen?: boolean;
    readonly withinBudget?: 'yes' | 'perhaps' | 'no' | null;
    readonly reason?: string;
    readonly stepSeconds?: { readonly low: number; readonly high: number };
    readonly scheduleSeconds?: { readonly low: number; readonly high: number };
    readonly costUsd?: { readonly low: number; readonly high: number };
  }[];
}
const json = async (...args: string[]): Promise<Shown> => JSON.parse((await run(...args, '--json')).stdout);
const middle = (band: { readonly low: number; readonly high: number } | undefined) =>
  Math.sqrt((band?.low ?? Number.NaN) * (band?.high ?? Number.NaN));

describe('exp plan --environments', () => {
  it('lists the catalogue and the places of the file, those that cannot with the reason', async () => {
    const { exitCode, stdout } = await run('small.exp');
    expect(exitCode).toBe(0);
    const [head, , titles] = stdout.split('\n');
    expect(head).toBe('small');
    expect(titles).toMatch(/environment +batch +memory GB +a step +schedule +cost +\$\/h/);
    expect(stdout).toMatch(/^[→ ] aws\.g4dn\.xlarge +1 +\d\.\d+ of 16 .* \$0\.\d/m);
    expect(stdout).toMatch(
      /^does not work on\n {2}lab\.shed: a batch of 1 takes about 0\.8 GB, more than the 0\.8 GB/m,
    );
    expect(stdout).toMatch(/^→ \S+: /m);
  });

  it('sorts by cost, or by time, and marks one', async () => {
    const byCost = (await json('small.exp')).environments.filter(({ fits }) => fits);
    const costs = byCost.map(({ costUsd }) => middle(costUsd));
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    const byTime = (await json('small.exp', '--sort', 'time')).environments.filter(({ fits }) => fits);
    const times = byTime.map(({ scheduleSeconds }) => middle(scheduleSeconds));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(byTime.filter(({ chosen }) => chosen)).toHaveLength(1);
    expect(byTime.map(({ name }) => name).sort()).toEqual(byCost.map(({ name }) => name).sort());
  });

  it('counts all runs of a sweep, and what halving may save', async () => {
    const [one, four] = [await json('small.exp'), await json('sweep.exp')];
    expect([one.runs, four.runs]).toEqual([1, 4]);
    const of = ({ environments }: Shown) =>
      environments.find(({ name }) => name === 'aws.g4dn.xlarge')?.scheduleSeconds ?? { low: 0, high: 0 };
    expect(of(four).high).toBeCloseTo(4 * of(one).high, 6);
    // Four runs for one epoch, one for the other nine.
    expect(of(four).low).toBeCloseTo(4 * of(one).low * (13 / 40), 6);
    expect((await run('sweep.exp')).stdout).toContain('all 4 runs one after another');
  });

  it('marks no place that exceeds the budget', async () => {
    const { environments } = await json('poor.exp');
    expect(environments.map(({ withinBudget }) => withinBudget)).toContain('no');
    expect(environments.filter(({ chosen, withinBudget }) => chosen === true && withinBudget === 'no')).toEqual([]);
  });

  it('says a step where the data is not there, and no schedule', async () => {
    const { exitCode, stdout } = await run('swin.exp', '--profile', 'cloud-gpu');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/aws\.g4dn\.xlarge +\d +\d+\.\d+ of 16 +[\d.–]+ m?s/);
  });

  it('refuses a file that is wrong', async () => {
    const { exitCode, stdout, stderr } = await run('wrong.exp');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('there is no plan');
  });
});
