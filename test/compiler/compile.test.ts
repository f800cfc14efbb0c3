import { describe, expect, it } from 'vitest';
import { profilesOf } from '../../compiler/compile.ts';
import { planFileSchema } from '../../compiler/plan/schema.ts';
import { codesOf, compileText, experimentText, planOf, SMALL, smallWith } from './example.ts';

const swin = experimentText('swin');

describe('the file that must work', () => {
  it('has a plan under no profile, its own profiles and `local`, each valid by the schema', () => {
    const profiles = profilesOf({ path: 'swin.exp', text: swin });
    expect([...profiles].sort()).toEqual(['cloud-gpu', 'local', 'mac-test']);
    for (const profile of [null, ...profiles]) {
      const planFile = planOf(swin, { profile });
      expect(planFileSchema.parse(planFile)).toEqual(planFile);
    }
  });

  it('has the parameters that MONAI counts', () => {
    expect(planOf(swin).plan.facts.parameters).toBe(15_703_004);
    expect(planOf(swin, { profile: 'mac-test' }).plan.facts.parameters).toBe(4_700_914);
  });

  it('under `mac-test` replaces the model, and merges blocks', () => {
    const { plan } = planOf(swin, { profile: 'mac-test' });
    expect(plan.model).toMatchObject({ name: 'SegResNet', initFilters: 16, inChannels: 1, outChannels: 2 });
    expect(plan.patch).toEqual([64, 64, 64]);
    expect(plan.schedule).toMatchObject({ epochs: 2, validateEveryEpochs: 2 });
    expect(plan.dataset).toMatchObject({ subjects: 8, source: { layout: 'bids', root: 'data/organ' } });
    expect(plan).toMatchObject({ workers: 0, cache: 'none', batchSize: 1 });
    expect(plan.environment).toMatchObject({ name: 'apple.mac-mini', gpu: null });
  });

  it('under `cloud-gpu` takes the largest batch that fits a T4, and says why', () => {
    const { plan, origins } = planOf(swin, { profile: 'cloud-gpu' });
    expect(plan.batchSize).toBe(3);
    expect(plan.environment).toMatchObject({ gpu: { name: 'T4', memoryBytes: 16e9 }, pricePerHourUsd: 0.526 });
    expect(origins.batchSize).toMatchObject({ kind: 'planner', reason: expect.stringContaining('16.0 GB of T4') });
  });

  it('reads quantities in their units', () => {
    const { plan } = planOf(swin);
    expect(plan.budget).toEqual({ usd: 30, hours: 20 });
    expect(plan.dataset.split).toEqual({ train: 0.7, validation: 0.15, test: 0.15 });
    expect(plan.schedule.lrSchedule).toEqual({
      kind: 'warmup_cosine',
      warmup: { unit: 'epochs', value: 5 },
      minimum: 0,
    });
    expect(plan.inference).toMatchObject({ overlap: 0.5, blend: 'gaussian' });
  });

  it('knows which way each metric is better', () => {
    const { schedule } = planOf(swin).plan;
    expect(schedule.keepBest).toEqual({ metric: 'val.dice', mode: 'max' });
    const text = swin.replace('keep_best: val.dice', 'keep_best: val.hausdorff95');
    expect(planOf(text).plan.schedule.keepBest).toEqual({ metric: 'val.hausdorff95', mode: 'min' });
  });
});

describe('the same file gives the same plan', () => {
  it('whatever its comments, order and layout', () => {
    const shuffled = SMALL.replace('  patch: 32x32x32\n', '').replace(
      '  dataset',
      '  // moved\n  patch: 32x32x32\n  dataset',
    );
    expect(planOf(shuffled).planId).toBe(planOf(SMALL).planId);
  });

  it('and another value another plan', () => {
    expect(planOf(smallWith('seed: 1')).planId).not.toBe(planOf(SMALL).planId);
  });
});

describe('origins', () => {
  it('name the file and line, the profile, `--set`, or the default and its reason', () => {
    const { origins } = planOf(swin, { profile: 'mac-test', set: ['seed=7'] });
    expect(origins['optimizer.learningRate']).toMatchObject({
      kind: 'file',
      path: 'test.exp',
      line: 34,
      profile: null,
    });
    expect(origins['schedule.epochs']).toMatchObject({ kind: 'file', profile: 'mac-test' });
    expect(origins.seed).toEqual({ kind: 'set', text: 'seed=7' });
    expect(origins['optimizer.beta1']).toEqual({ kind: 'default', reason: 'as torch' });
  });

  it('call the profiles that every file has by their name', () => {
    const { plan, origins } = planOf(SMALL, { profile: 'cloud-gpu' });
    expect(plan).toMatchObject({ batchSize: 4, workers: 4, environment: { name: 'aws.g4dn.xlarge' } });
    expect(origins.workers).toMatchObject({ kind: 'default', reason: expect.stringContaining('cloud-gpu') });
  });

  it('belong to values of the plan', () => {
    for (const profile of [null, 'cloud-gpu', 'mac-test']) {
      const { plan, origins } = planOf(swin, { profile });
      for (const path of Object.keys(origins)) {
        const value = path
          .split('.')
          .reduce<unknown>((at, key) => Object.entries(at ?? {}).find(([name]) => name === key)?.[1], plan);
        expect(value, path).not.toBe(undefined);
      }
    }
  });
});

describe('--set', () => {
  it.each([
    ['optimizer.learning_rate=3e-4', { optimizer: { kind: 'adamw', learningRate: 3e-4, weightDecay: 1e-5 } }],
    ['schedule.lr_schedule.warmup=100 steps', { schedule: { lrSchedule: { warmup: { unit: 'steps', value: 100 } } } }],
    ['schedule.epochs=3', { schedule: { epochs: 3 } }],
    ['patch=64x64x64', { patch: [64, 64, 64] }],
    ['dataset.root=/data/organ', { dataset: { source: { layout: 'bids', root: '/data/organ', image: 'T1w' } } }],
    ['dataset.root="a b"', { dataset: { source: { root: 'a b' } } }],
    ['dataset.subjects=first 4', { dataset: { subjects: 4 } }],
    [
      'track.uri=http://127.0.0.1:5000',
      { track: { kind: 'mlflow', experiment: 'organ', uri: 'http://127.0.0.1:5000' } },
    ],
    ['track=none', { track: null }],
    ['model=SegResNet', { model: { name: 'SegResNet', initFilters: 16 } }],
    ['model.feature_size=48', { model: { name: 'SwinUNETR', featureSize: 48 } }],
    ['budget=none', { budget: null }],
  ])('%s', (set, expected) => {
    expect(planOf(swin, { set: [set] }).plan).toMatchObject(expected);
  });

  it('may choose another variant, whose block starts afresh', () => {
    const set = ['dataset=decathlon("Task04")', 'dataset.foreground=[1, 2]'];
    const { dataset } = planOf(swin, { set }).plan;
    expect(dataset).toMatchObject({
      source: { layout: 'decathlon', root: 'Task04' },
      foreground: [1, 2],
      spacing: null,
    });
  });

  it('reaches a call in a list where it is the only one of its name', () => {
    const { plan } = planOf(swin, { set: ['augment.flip.probability=25%'] });
    expect(plan.augment[0]).toEqual({ kind: 'flip', axes: ['x', 'y', 'z'], probability: 0.25 });
  });

  it('wins over the profile, and a later one over an earlier', () => {
    const { plan } = planOf(swin, { profile: 'mac-test', set: ['schedule.epochs=3', 'schedule.epochs=4'] });
    expect(plan.schedule.epochs).toBe(4);
  });

  it('is checked like the file', () => {
    expect(codesOf(SMALL, { set: ['schedule.epochs=0'] })).toEqual(['EXP2203']);
    expect(codesOf(SMALL, { set: ['patch=33x32x32'] })).toEqual(['EXP3012']);
    expect(codesOf(SMALL, { set: ['learning_rate=1'] })).toEqual(['EXP2101']);
    const [named] = compileText(SMALL, { set: ['schedule.validate_every_epochs=2'] }).diagnostics;
    expect(named).toMatchObject({ code: 'EXP2301', message: expect.stringContaining('`schedule.validate`') });
    expect(named?.help).toContain("--set 'schedule.validate=every 2 epochs'");
    expect(planOf(SMALL, { set: ['schedule.validate=every 2 epochs'] }).plan.schedule.validateEveryEpochs).toBe(2);
    expect(codesOf(SMALL, { set: ['seed'] })).toEqual(['EXP2301']);
  });
});

describe('parameters and the environment', () => {
  const text = `param lr: number = 1e-3\n${smallWith('optimizer: adamw(learning_rate: lr)')}`;

  it('a parameter stands for its default, or for what `--set` says', () => {
    expect(planOf(text).plan.optimizer.learningRate).toBe(1e-3);
    const { plan, origins } = planOf(text, { set: ['lr=5e-4'] });
    expect(plan.optimizer.learningRate).toBe(5e-4);
    expect(origins['optimizer.learningRate']).toEqual({ kind: 'set', text: 'lr=5e-4' });
  });

  it('`env` reads a variable, or else its default', () => {
    const file = SMALL.replace('"data/organ"', 'env("ORGAN_ROOT", "data")');
    const rootOf = (environment: (name: string) => string | undefined) =>
      planOf(file, { environment }).plan.dataset.source;
    expect(rootOf(() => undefined)).toMatchObject({ root: 'data' });
    expect(rootOf((name) => (name === 'ORGAN_ROOT' ? '/mnt/organ' : undefined))).toMatchObject({ root: '/mnt/organ' });
  });
});

describe('profiles', () => {
  it('that are unknown are refused with a list of those that are there', () => {
    const { planFile, diagnostics } = compileText(SMALL, { profile: 'mac-tset' });
    expect(planFile).toBeNull();
    expect(diagnostics).toMatchObject([{ code: 'EXP2003', help: expect.stringContaining('`cloud-gpu`') }]);
  });

  it('of a file stand in for those that every file has', () => {
    const text = smallWith('profile mac-test on local { workers: 2 }');
    const { plan } = planOf(text, { profile: 'mac-test' });
    expect(plan).toMatchObject({ workers: 2, patch: [32, 32, 32], environment: { name: 'local' } });
  });

  it('may run on an environment that the file declares', () => {
    const text = `environment lab.a100 {
  gpu: A100(memory: 80GB)
  cpu: 16 cores
  memory: 128GB
  scheduler: slurm(partition: "gpu", account: "radiology")
  price: $0/h
}
${smallWith('profile lab on lab.a100 { batch_size: 1..64 }')}`;
    const { plan } = planOf(text, { profile: 'lab' });
    expect(plan.environment).toEqual({
      name: 'lab.a100',
      gpu: { name: 'A100', memoryBytes: 80e9, count: 1 },
      cpuCores: 16,
      memoryBytes: 128e9,
      scheduler: { kind: 'slurm', partition: 'gpu', account: 'radiology' },
      pricePerHourUsd: 0,
    });
    expect(plan.batchSize).toBe(64);
  });

  it('replace lists, and settings as a whole', () => {
    const text = smallWith(`metrics: [dice, hausdorff95]
  optimizer: adamw(weight_decay: 0.1)
  profile lab on local {
    metrics: [iou]
    optimizer: adamw(learning_rate: 0.01)
  }`);
    const { plan } = planOf(text, { profile: 'lab' });
    expect(plan.metrics).toEqual(['iou']);
    expect(plan.optimizer).toMatchObject({ learningRate: 0.01, weightDecay: 1e-5 });
    expect(plan.schedule.keepBest).toEqual({ metric: 'val.iou', mode: 'max' });
  });
});
