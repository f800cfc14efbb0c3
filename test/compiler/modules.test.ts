import { describe, expect, it } from 'vitest';
import { check } from '../../compiler/check.ts';
import { compile } from '../../compiler/compile.ts';
import type { ReadFile } from '../../compiler/modules/read-file.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { SMALL, smallWith } from './example.ts';

/** Files by path, the compiled one at `study/main.exp`, and every path that was asked for. */
function study(files: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const readFile: ReadFile = (path) => {
    asked.push(path);
    return files[path] ?? null;
  };
  const source = { path: 'study/main.exp', text: files['study/main.exp'] ?? '' };
  const run = (experiment: string | null = null) =>
    compile(source, { experiment, profile: null, set: [], environment: () => undefined, readFile });
  const plan = (): PlanFile => {
    const { planFile, diagnostics } = run();
    if (planFile === null) throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'));
    return planFile;
  };
  return { asked, run, plan, diagnostics: () => check(source, { readFile }) };
}

const ORGAN = 'dataset organ bids("data/organ") { image: "T1w"  label: "desc-manual_dseg"  foreground: [1] }\n';
const USES_ORGAN = SMALL.replace(/dataset bids[^}]*\}/, 'dataset organ');

describe('an import', () => {
  it('is found from the file that has it, and so is what that one imports', () => {
    const { asked, plan } = study({
      'study/main.exp': `import "../shared/all.exp"\n${USES_ORGAN}`,
      'shared/all.exp': 'import "parts/data.exp"',
      'shared/parts/data.exp': ORGAN,
    });
    expect(plan().plan.dataset.source).toMatchObject({ layout: 'bids' });
    expect(asked).toEqual(['shared/all.exp', 'shared/parts/data.exp']);
  });

  it('may be absolute', () => {
    const { plan } = study({ 'study/main.exp': `import "/lab/data.exp"\n${USES_ORGAN}`, '/lab/data.exp': ORGAN });
    expect(plan().plan.dataset.source).toMatchObject({ root: '/lab/data/organ' });
  });

  it('brings data whose path is relative to the file that names it', () => {
    const rootWith = (dataset: string) =>
      study({ 'study/main.exp': `import "../shared/data.exp"\n${USES_ORGAN}`, 'shared/data.exp': dataset }).plan().plan
        .dataset.source;
    expect(rootWith(ORGAN)).toMatchObject({ root: '../shared/data/organ' });
    expect(rootWith(ORGAN.replace('data/organ', '/data/organ'))).toMatchObject({ root: '/data/organ' });
    expect(rootWith(`param where: string = "here"\n${ORGAN.replace('"data/organ"', 'where')}`)).toMatchObject({
      root: '../shared/here',
    });
  });

  it('is read once, whatever ways lead to it', () => {
    const { asked, diagnostics } = study({
      'study/main.exp': `import "a.exp"\nimport "./b.exp"\nimport "x/../a.exp"\n${USES_ORGAN}`,
      'study/a.exp': 'import "data.exp"',
      'study/b.exp': 'import "../study/data.exp"',
      'study/data.exp': ORGAN,
    });
    expect(diagnostics()).toEqual([]);
    expect(asked).toEqual(['study/a.exp', 'study/data.exp', 'study/b.exp']);
  });

  it('shows mistakes in the imported file there, after those of the file itself', () => {
    const { diagnostics } = study({
      'study/main.exp': `import "data.exp"\n${USES_ORGAN.replace('epochs: 10', 'epochs: 0')}`,
      'study/data.exp': ORGAN.replace('foreground', 'forground'),
    });
    expect(diagnostics().map(({ code, span }) => [code, span.file.path])).toEqual([
      ['EXP2203', 'study/main.exp'],
      ['EXP2101', 'study/data.exp'],
    ]);
  });

  it('tells what was wrong with reading it', () => {
    const source = { path: 'main.exp', text: `import "locked.exp"\nimport ""\n${SMALL}` };
    expect(check(source, { readFile: () => ({ problem: 'locked.exp may not be read' }) })).toMatchObject([
      { code: 'EXP2008', message: '"locked.exp" cannot be imported: locked.exp may not be read' },
      { code: 'EXP2008', message: '"" cannot be imported: there is no path' },
    ]);
  });

  it('ends where files lead on for ever', () => {
    const source = { path: 'main.exp', text: `import "a/x.exp"\n${SMALL}` };
    const [diagnostic, ...others] = check(source, { readFile: () => 'import "a/x.exp"' });
    expect(diagnostic).toMatchObject({ code: 'EXP2008', message: expect.stringContaining('more than 500 files') });
    expect(others).toEqual([]);
  });

  it('lets the sources that made a plan be kept, and its origins name them', () => {
    const { run } = study({
      'study/main.exp': `import "data.exp"\n${USES_ORGAN}`,
      'study/data.exp': ORGAN,
    });
    const { sources, planFile } = run();
    expect(sources.map(({ path }) => path)).toEqual(['study/main.exp', 'study/data.exp']);
    expect(planFile?.origins['dataset.foreground']).toMatchObject({ path: 'study/data.exp', line: 1 });
  });
});

describe('a file of several experiments', () => {
  const text = `${SMALL}
experiment wide extends small {
  model { init_filters: 16 }
}
`;

  it('runs the only one that no other one extends', () => {
    expect(study({ 'study/main.exp': text }).plan().plan).toMatchObject({
      experiment: { name: 'wide' },
      model: { name: 'SegResNet', initFilters: 16 },
      patch: [32, 32, 32],
    });
  });

  it('or the one that is named', () => {
    const { planFile } = study({ 'study/main.exp': text }).run('small');
    expect(planFile?.plan).toMatchObject({ experiment: { name: 'small' }, model: { initFilters: 8 } });
  });

  it('needs no more of a base than those that extend it lack', () => {
    const base = SMALL.replace(/ {2}schedule.*\n/, '').replace('experiment small', 'experiment base');
    const { diagnostics } = study({
      'study/main.exp': `${base}\nexperiment a extends base { schedule { epochs: 3 } }`,
    });
    expect(diagnostics()).toEqual([]);
  });

  it('may be there only to be imported', () => {
    expect(study({ 'study/main.exp': ORGAN }).diagnostics()).toEqual([]);
    const { run } = study({
      'study/main.exp': 'import "base.exp"\nexperiment a extends small { seed: 5 }',
      'study/base.exp': smallWith('seed: 1'),
    });
    expect(run().planFile?.plan).toMatchObject({ experiment: { name: 'a' }, seed: 5 });
  });
});

describe('a derived experiment', () => {
  it('overrides by name, replaces lists, and starts a block of another variant afresh', () => {
    const base = smallWith('metrics: [dice, iou]\n  optimizer: adamw(learning_rate: 1e-2)');
    const { plan } = study({
      'study/main.exp': `${base}
experiment b extends small {
  metrics: [hausdorff95]
  schedule { validate: every 2 epochs }
  model SwinUNETR { feature_size: 12 }
  patch: 64x64x64
}`,
    }).plan();
    expect(plan).toMatchObject({
      model: { name: 'SwinUNETR', featureSize: 12 },
      optimizer: { learningRate: 1e-2 },
      schedule: { epochs: 10, validateEveryEpochs: 2 },
    });
    expect(plan.metrics).toEqual(['hausdorff95']);
  });

  it('has the profiles of its base, and may go on with them', () => {
    const source = {
      path: 'main.exp',
      text: `${smallWith('profile lab on aws.g4dn.xlarge { workers: 3  schedule { epochs: 4 } }')}
experiment b extends small {
  profile lab { schedule { validate: every 2 epochs } }
}`,
    };
    const { planFile } = compile(source, { profile: 'lab', set: [], environment: () => undefined });
    expect(planFile?.plan).toMatchObject({
      environment: { name: 'aws.g4dn.xlarge' },
      workers: 3,
      schedule: { epochs: 4, validateEveryEpochs: 2 },
    });
  });
});

describe('a block with a name', () => {
  const shared = `${ORGAN}dataset task bids("data/task") { image: "T2w"  label: "mask" }\n`;
  const codes = (text: string) => study({ 'study/main.exp': text }).diagnostics();

  it('takes the place of what was there, and does not mix with it', () => {
    const text = `${shared}${USES_ORGAN}
experiment b extends small {
  dataset task { subjects: first 4 }
  model SegResNet { out_channels: 3 }
}`;
    expect(study({ 'study/main.exp': text }).plan().plan.dataset).toMatchObject({
      source: { root: 'data/task', image: 'T2w' },
      foreground: null,
      subjects: 4,
    });
  });

  it('may be made from another one', () => {
    const text = `model large small { init_filters: 32 }\nmodel small SegResNet { init_filters: 8  blocks_down: [1, 1, 1, 1] }
${SMALL.replace(/model SegResNet.*/, 'model large')}`;
    expect(study({ 'study/main.exp': text }).plan().plan.model).toMatchObject({
      initFilters: 32,
      blocksDown: [1, 1, 1, 1],
    });
  });

  it('may be chosen by `--set`', () => {
    const text = `model wide SegResNet { init_filters: 16 }\nschedule short { epochs: 2 }\n${SMALL}`;
    const { planFile } = compile(
      { path: 'main.exp', text },
      { profile: null, set: ['model=wide', 'schedule=short'], environment: () => undefined },
    );
    expect(planFile?.plan).toMatchObject({ model: { initFilters: 16 }, schedule: { epochs: 2 } });
  });

  it('is checked though nothing uses it', () => {
    const found = codes(`schedule short { epochs: 0 }\n${SMALL}`);
    expect(found.map(({ code }) => code)).toContain('EXP2203');
  });
});
