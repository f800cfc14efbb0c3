import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../../compiler/compile.ts';
import { compileMatrix, matrixFileOf, type PlanMatrix } from '../../../compiler/matrix/compile-matrix.ts';
import { matrixJsonSchema } from '../../../compiler/matrix/json-schema.ts';
import { matrixFileSchema } from '../../../compiler/plan/matrix.ts';
import { planFileSchema } from '../../../compiler/plan/schema.ts';
import { smallWith } from '../example.ts';

const OPTIONS: CompileOptions = { profile: null, set: [], environment: () => undefined };

const compiled = (text: string, options: Partial<CompileOptions> = {}) =>
  compileMatrix({ path: 'test.exp', text }, { ...OPTIONS, ...options });

/** Compiles what must be a matrix. */
function matrixOf(text: string, options: Partial<CompileOptions> = {}): PlanMatrix {
  const result = compiled(text, options);
  if (result.kind !== 'matrix' || result.matrix === null)
    throw new Error(result.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n') || result.kind);
  return result.matrix;
}

const settingsOf = (matrix: PlanMatrix) => matrix.members.map(({ settings }) => settings);
const rates = (matrix: PlanMatrix) => matrix.members.map(({ plan }) => plan.optimizer.learningRate);

const GRID = 'sweep { optimizer.learning_rate: [1e-4, 3e-4]  model.init_filters: [8, 16, 24] }';

describe('a grid', () => {
  it('is every combination, the last setting changing fastest', () => {
    const matrix = matrixOf(smallWith(GRID));
    expect(matrix).toMatchObject({ kind: 'sweep', strategy: { kind: 'grid' }, folds: null, experiment: 'small' });
    expect(matrix.members.map(({ index, name }) => `${index} ${name}`)).toEqual([
      '1 learning_rate=0.0001,init_filters=8',
      '2 learning_rate=0.0001,init_filters=16',
      '3 learning_rate=0.0001,init_filters=24',
      '4 learning_rate=0.0003,init_filters=8',
      '5 learning_rate=0.0003,init_filters=16',
      '6 learning_rate=0.0003,init_filters=24',
    ]);
  });

  it('has the plans that the same values written into the file have', () => {
    const matrix = matrixOf(smallWith(GRID));
    for (const { plan, planId, planFile: made, settings } of matrix.members) {
      const planFile = made();
      expect(planFileSchema.parse(planFile)).toEqual(planFile);
      expect([planFile.plan, planFile.planId]).toEqual([plan, planId]);
      const set = Object.entries(settings).map(([path, value]) => `${path}=${value}`);
      const alone = compile({ path: 'test.exp', text: smallWith('') }, { ...OPTIONS, set });
      expect(planFile.planId).toBe(alone.planFile?.planId);
    }
    expect(new Set(matrix.members.map(({ planId }) => planId)).size).toBe(6);
  });

  it('knows where in the sweep each value stands', () => {
    const [first] = matrixOf(smallWith(GRID)).members;
    expect(first?.planFile().origins['optimizer.learningRate']).toMatchObject({ kind: 'file', line: 10, column: 37 });
  });

  it('takes whole calls before what is changed inside of them, sizes, phrases and words', () => {
    const text = smallWith(`sweep {
      optimizer.weight_decay: [0, 1e-3]
      optimizer: [adamw(learning_rate: 1e-2)]
      patch: [32x32x32, 48x48x32]
      schedule.lr_schedule: [constant, warmup_cosine(warmup: 2 epochs)]
      cache: [none]
    }`);
    const plans = matrixOf(text).members.map(({ plan }) => plan);
    expect(plans).toHaveLength(8);
    expect(plans.every(({ optimizer, cache }) => optimizer.learningRate === 1e-2 && cache === 'none')).toBe(true);
    expect(new Set(plans.map(({ optimizer }) => optimizer.weightDecay))).toEqual(new Set([0, 1e-3]));
    expect(new Set(plans.map(({ patch }) => patch.join('x')))).toEqual(new Set(['32x32x32', '48x48x32']));
    expect(new Set(plans.map(({ schedule }) => schedule.lrSchedule.kind))).toEqual(
      new Set(['constant', 'warmup_cosine']),
    );
  });

  it('may give what the experiment leaves out', () => {
    const text = smallWith('sweep { patch: [32x32x32, 64x64x64] }').replace('  patch: 32x32x32\n', '');
    expect(matrixOf(text).members.map(({ plan }) => plan.patch[0])).toEqual([32, 64]);
  });

  it('sweeps parameters, wherever they are used', () => {
    const text = `param lr: number = 1e-3
param width: number = 8
${smallWith('optimizer: adamw(learning_rate: lr, epsilon: 1e-8)\n  sweep { lr: [1e-4, 3e-4]  width: [8, 16] }').replace(
  'init_filters: 8',
  'init_filters: width',
)}`;
    const matrix = matrixOf(text);
    expect(rates(matrix)).toEqual([1e-4, 1e-4, 3e-4, 3e-4]);
    expect(matrix.members.map(({ plan }) => plan.model.name === 'SegResNet' && plan.model.initFilters)).toEqual([
      8, 16, 8, 16,
    ]);
  });

  it('gives way to --set: what is set is not swept', () => {
    const matrix = matrixOf(smallWith(GRID), { set: ['optimizer.learning_rate=5e-4'] });
    expect(rates(matrix)).toEqual([5e-4, 5e-4, 5e-4]);
    expect(settingsOf(matrix)[0]).toEqual({ 'model.init_filters': '8' });
  });

  it('is replaced as a whole by a profile, which may switch it off', () => {
    const text = smallWith(`${GRID}
    profile quick on local { sweep { seed: [1, 2] } }
    profile once on local { sweep: none }`);
    expect(settingsOf(matrixOf(text, { profile: 'quick' }))).toEqual([{ seed: '1' }, { seed: '2' }]);
    const once = compiled(text, { profile: 'once' });
    expect(once.kind).toBe('run');
    expect(once.kind === 'run' && once.planFile?.plan.seed).toBe(0);
  });

  it('names settings of equal last names by their whole paths', () => {
    const [member] = matrixOf(
      smallWith(
        'augment { gaussian_noise(std: 0.1)  flip(axes: [x]) }\n  sweep { augment.flip.probability: [10%]  augment.gaussian_noise.probability: [20%] }',
      ),
    ).members;
    expect(member?.name).toBe('augment.flip.probability=10%,augment.gaussian_noise.probability=20%');
  });
});

describe('a random sweep', () => {
  const random = (axes: string, trials = 40, seed = 1) =>
    matrixOf(smallWith(`sweep random(trials: ${trials}, seed: ${seed}) { ${axes} }`));

  it('draws by magnitude: as many below 1e-4 as above', () => {
    const drawn = rates(random('optimizer.learning_rate: log(1e-5..1e-3)', 400));
    expect(drawn.every((rate) => rate >= 1e-5 && rate <= 1e-3)).toBe(true);
    const low = drawn.filter((rate) => rate < 1e-4).length;
    expect(low).toBeGreaterThan(160);
    expect(low).toBeLessThan(240);
  });

  it('draws evenly from a range: the mean is the middle', () => {
    const drawn = rates(random('optimizer.learning_rate: 1e-4..9e-4', 400));
    expect(drawn.reduce((sum, rate) => sum + rate, 0) / 400).toBeCloseTo(5e-4, 4);
  });

  it('keeps whole numbers whole, bounds included', () => {
    const seeds = random('seed: 1..4', 4).members.map(({ plan }) => plan.seed);
    expect([...seeds].sort()).toEqual([1, 2, 3, 4]);
    const decays = random('optimizer.weight_decay: 0..1', 5).members.map(({ plan }) => plan.optimizer.weightDecay);
    expect(decays.every((decay) => !Number.isInteger(decay))).toBe(true);
  });

  it('keeps the unit', () => {
    const text = 'augment { flip(axes: [x]) }\n  sweep random(trials: 3) { augment.flip.probability: 10%..50% }';
    for (const { plan, settings } of matrixOf(smallWith(text)).members) {
      const [flip] = plan.augment;
      expect(flip?.probability).toBeGreaterThanOrEqual(0.1);
      expect(flip?.probability).toBeLessThanOrEqual(0.5);
      expect(Object.values(settings)[0]).toMatch(/%$/);
    }
  });

  it('is the same again, another with another seed, and unmoved by another setting beside it', () => {
    const axis = 'optimizer.learning_rate: log(1e-5..1e-3)';
    expect(matrixFileOf(random(axis))).toEqual(matrixFileOf(random(axis)));
    expect(rates(random(axis, 10, 2))).not.toEqual(rates(random(axis, 10, 1)));
    expect(rates(random(`seed: [1, 2, 3, 4]  ${axis}`, 10))).toEqual(rates(random(axis, 10)));
  });

  it('tries no combination twice, also when it needs them all', () => {
    const drawn = settingsOf(random('seed: 1..20  model.init_filters: [8, 16]', 40));
    expect(new Set(drawn.map((settings) => JSON.stringify(settings))).size).toBe(40);
  });
});

describe('folds', () => {
  it('are one run each, which differ in the fold alone', () => {
    const matrix = matrixOf(smallWith('folds: 5'));
    expect(matrix).toMatchObject({ kind: 'folds', strategy: null, axes: [], folds: 5 });
    expect(matrix.members.map(({ name, plan }) => [name, plan.dataset.fold])).toEqual(
      [1, 2, 3, 4, 5].map((index) => [`fold=${index}`, { index, count: 5 }]),
    );
    const rest = matrix.members.map(({ plan }) => ({
      ...plan,
      dataset: { ...plan.dataset, fold: null },
    }));
    expect(new Set(rest.map((plan) => JSON.stringify(plan))).size).toBe(1);
  });

  it('multiply a sweep: every trial in every fold', () => {
    const matrix = matrixOf(smallWith(`${GRID}\n  folds: 3`));
    expect(matrix.kind).toBe('sweep_and_folds');
    expect(matrix.members).toHaveLength(18);
    expect(matrix.members.slice(0, 4).map(({ name }) => name)).toEqual([
      'learning_rate=0.0001,init_filters=8,fold=1',
      'learning_rate=0.0001,init_filters=8,fold=2',
      'learning_rate=0.0001,init_filters=8,fold=3',
      'learning_rate=0.0001,init_filters=16,fold=1',
    ]);
  });

  it('are given and taken away by profiles and --set', () => {
    const text = smallWith('folds: 5\n  profile once on local { folds: none }');
    expect(compiled(text, { profile: 'once' }).kind).toBe('run');
    expect(compiled(text, { set: ['folds=none'] }).kind).toBe('run');
    expect(matrixOf(smallWith(''), { set: ['folds=2'] }).members).toHaveLength(2);
  });
});

describe('a matrix', () => {
  it('over parameters has the plans that --set gives, wherever the parameters stand', () => {
    const text = `param lr: number = 1e-4
param width: number = 8
model narrow SegResNet { init_filters: width  out_channels: 2 }
experiment base {
  dataset bids("data/organ") { image: "T1w"  label: "desc-manual_dseg"  foreground: [1] }
  model narrow
  patch: 32x32x32
  optimizer: adamw(learning_rate: lr, weight_decay: 1e-5)
  augment { flip(axes: [x, y, z], probability: 50%) }
  schedule { epochs: 10 }
}
experiment swept extends base {
  schedule { epochs: 20 }
  sweep { lr: [1e-4, 3e-4, 1e-3]  width: [8, 16] }
}
`;
    const matrix = matrixOf(text);
    expect(matrix.members).toHaveLength(6);
    for (const { settings, planId, planFile } of matrix.members) {
      const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
      const alone = compile({ path: 'test.exp', text: text.replace(/ {2}sweep .*\n/, '') }, { ...OPTIONS, set });
      expect(alone.planFile?.planId).toBe(planId);
      expect(planFile().planId).toBe(planId);
    }
  });

  it('has one id for the same runs, whatever else the file says, and another for others', () => {
    const id = (text: string) => matrixOf(text).matrixId;
    expect(id(smallWith(`// a comment more\n  ${GRID}`))).toBe(id(smallWith(GRID)));
    expect(id(smallWith('sweep { seed: [1, 2] }'))).not.toBe(id(smallWith('sweep { seed: [1, 3] }')));
  });

  it('as a file has the ids of its plans, and is valid by the schema', () => {
    const matrix = matrixOf(smallWith(`${GRID}\n  folds: 2`));
    const file = matrixFileOf(matrix);
    expect(matrixFileSchema.parse(file)).toEqual(file);
    expect(file.matrix.members[3]?.planId).toBe(matrix.members[3]?.planFile().planId);
  });

  it('tells a mistake of one value once, however many runs have it, and which runs it refuses', () => {
    const result = compiled(smallWith('sweep { model.init_filters: [8, 12, 16]  seed: [1, 2, 3] }'));
    expect(result.diagnostics.map(({ code, span }) => [code, span.file.text.slice(span.start, span.end)])).toEqual([
      ['EXP3013', '12'],
    ]);
    expect(result).toMatchObject({ kind: 'matrix', matrix: null, size: 9 });
    expect(result.kind === 'matrix' && result.refused.map(({ index }) => index)).toEqual([4, 5, 6]);
  });

  it('does not hide what is wrong with the rest of the experiment', () => {
    const text = smallWith('sweep { optimizer.learning_rate: 1e-3 }').replace('epochs: 10', 'epochs: "ten"');
    expect(compiled(text).diagnostics.map(({ code }) => code)).toEqual(['EXP2201', 'EXP2401']);
  });

  it('pays for all its runs from one budget', () => {
    const text = `experiment a {
      dataset phantom(subjects: 200, size: 96) { foreground: [1] }
      model SegResNet { init_filters: 32 }
      patch: 96x96x96
      schedule { epochs: 100 }
      budget: $3.5
    }`;
    const codes = (settings: string) =>
      compiled(text.replace('budget', `${settings}\n budget`), { profile: 'cloud-gpu' }).diagnostics.map(
        ({ code }) => code,
      );
    expect(codes('')).toEqual([]);
    expect(codes('folds: 3')).toEqual(['EXP3045']);
    expect(codes('folds: 20')).toEqual(['EXP3044']);
  });
});

describe('docs/matrix.schema.json', () => {
  const path = new URL('../../../docs/matrix.schema.json', import.meta.url);

  it('is what the matrix’s schema says now; UPDATE_GOLDEN=1 rewrites it', () => {
    if (process.env.UPDATE_GOLDEN === '1' && process.env.CI === undefined) writeFileSync(path, matrixJsonSchema());
    expect(readFileSync(path, 'utf8')).toBe(matrixJsonSchema());
  });
});
