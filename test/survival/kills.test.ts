import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../compiler/plan/schema.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { launchTrainer } from '../../runtime/run/launch.ts';
import { createRun } from '../../runtime/run/run-folder.ts';
import { temporaryFolder } from '../helpers/cli.ts';
import { engineEnvironment } from '../helpers/engine-environment.ts';
import { ADAMW, SGD } from '../helpers/models.ts';
import { tinyPlan, tinyPlanFile } from '../helpers/tiny-plan.ts';
import { bundlePrograms } from '../helpers/trainer-bundle.ts';
import { killAndResume } from './kill-campaign.ts';

/** By hand and for longer: `npm run bench:kills`, which is EXP_KILLS=200; EXP_KILLS_SEED chooses other moments. */
const isCampaign = process.env.EXP_KILLS !== undefined;
const kills = Number(process.env.EXP_KILLS ?? 10);
const seed = Number(process.env.EXP_KILLS_SEED ?? 1);

const { schedule } = tinyPlan();
const everyStep = { ...schedule, epochs: 4, checkpointEvery: { unit: 'steps', value: 1 } } as const;
const everyEpoch = { ...schedule, epochs: 4, checkpointEvery: { unit: 'epochs', value: 1 } } as const;

const PLANS: readonly { readonly name: string; readonly plan: Partial<Plan> }[] = [
  {
    name: 'AdamW, a checkpoint after every step',
    plan: { optimizer: { ...ADAMW, learningRate: 0.01, weightDecay: 1e-5 }, schedule: everyStep },
  },
  {
    name: 'SGD with a moving average and data workers, a checkpoint after every epoch',
    plan: { optimizer: { ...SGD, ema: 0.9 }, schedule: everyEpoch, workers: 2 },
  },
];

describe('runs that are killed at random moments end with the weights of an undisturbed one', () => {
  const folder = temporaryFolder();
  let entry = '';
  beforeAll(async () => {
    [entry = ''] = await bundlePrograms('runtime/training/trainer-main.ts', 'runtime/data/worker-main.ts');
  });

  it.each(PLANS)('$name', { timeout: 120_000 + 30_000 * kills }, async ({ plan }) => {
    const environment = engineEnvironment(join(folder, 'cache'));
    const create = () =>
      createRun({
        runsDir: join(folder, 'runs'),
        planFile: tinyPlanFile(plan),
        source: '',
        sourcePath: 'tiny.exp',
        baseDir: folder,
      }).dir;
    const undisturbed = create();
    const startedAt = Date.now();
    const end = await (await launchTrainer(undisturbed, { entry, environment })).ended;
    const firstStep = readEvents(undisturbed).find(({ type }) => type === 'step')?.time ?? startedAt;
    expect(end.finished.status).toBe('completed');

    const killed = await killAndResume({
      seed,
      kills: Math.ceil(kills / PLANS.length),
      mostKillsPerRun: 5,
      entry,
      environment,
      create,
      startMs: firstStep - startedAt,
      trainMs: end.finished.time - firstStep,
      weightsHash: end.finished.weightsHash,
      say: (text) => {
        if (isCampaign) console.info(text);
      },
    });
    expect(killed.kills).toBe(Math.ceil(kills / PLANS.length));
    expect(killed.hashes).toEqual(killed.hashes.map(() => end.finished.weightsHash));
  });
});
