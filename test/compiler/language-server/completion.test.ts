import { describe, expect, it } from 'vitest';
import { ENVIRONMENT } from '../../../compiler/fields/environment.ts';
import { EXPERIMENT } from '../../../compiler/fields/experiment.ts';
import { METRICS } from '../../../compiler/fields/metrics.ts';
import { MODEL } from '../../../compiler/fields/model.ts';
import { OPTIMIZER } from '../../../compiler/fields/optimizer.ts';
import { SCHEDULE } from '../../../compiler/fields/schedule.ts';
import { type Completion, completionsAt } from '../../../compiler/language-server/completion.ts';
import { plainSnippet } from '../../../compiler/language-server/snippets.ts';
import { SMALL, smallWith } from '../example.ts';
import { marked } from './marked.ts';

function completions(text: string, files: Readonly<Record<string, string>> = {}): readonly Completion[] {
  const { document, offset } = marked(text, files);
  return completionsAt(document, offset, () => Object.keys(files));
}

function labels(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  return completions(text, files).map(({ label }) => label);
}

/** What a completion makes of the text, with what its placeholders say. */
function accepted(text: string, label: string): string {
  const { document, offset } = marked(text);
  const item = completionsAt(document, offset).find((each) => each.label === label);
  if (item === undefined) throw new Error(`${label} is not suggested`);
  const plain = plainSnippet(item.snippet);
  return document.source.text.slice(0, item.span.start) + plain + document.source.text.slice(item.span.end);
}

describe('completion of names', () => {
  it('offers what may stand at the top of a file', () => {
    expect(labels('‸')).toEqual(
      expect.arrayContaining(['import', 'param', 'experiment', 'environment', 'profile', 'dataset bids']),
    );
    expect(labels('‸')).not.toContain('patch');
  });

  it('offers the settings of an experiment that are not there yet, the required ones first', () => {
    const found = labels(SMALL.replace('  patch: 32x32x32', '  ‸'));
    expect(found[0]).toBe('patch');
    expect(found).toEqual(expect.arrayContaining(['batch_size', 'optimizer', 'expect', 'profile', 'sweep']));
    expect(found).not.toContain('schedule');
    expect(found.filter((label) => label.startsWith('dataset') || label.startsWith('model'))).toEqual([]);
  });

  it('offers the settings of a block', () => {
    const given = new Set(['epochs']);
    const expected = Object.keys(SCHEDULE.fields).filter((name) => !given.has(name));
    expect(labels(SMALL.replace('epochs: 10 }', 'epochs: 10\n    ‸\n  }'))).toEqual(expected);
  });

  it('offers the settings of the variant of a block, and the common ones', () => {
    const found = labels(SMALL.replace('init_filters: 8', '‸'));
    const expected = [...Object.keys(MODEL.common), ...Object.keys(MODEL.variants.SegResNet.settings)];
    expect([...found].sort()).toEqual(expected.sort());
  });

  it('knows the variant of a block that adds to the experiment', () => {
    const found = labels(smallWith('profile small on local { model { ‸ } }'));
    expect(found).toContain('init_filters');
    expect(found).not.toContain('feature_size');
  });

  it('knows the variant of a block that is made from a named one', () => {
    const text = `model swin SwinUNETR { feature_size: 24 }\n${SMALL.replace('model SegResNet { init_filters: 8 }', 'model swin { ‸ }')}`;
    expect(labels(text)).toContain('depths');
  });

  it('offers variants, and blocks by their names', () => {
    const text = `model tiny SegResNet { init_filters: 8 }\n${SMALL.replace('model SegResNet { init_filters: 8 }', 'model ‸')}`;
    expect(labels(text)).toEqual([...Object.keys(MODEL.variants), 'tiny']);
  });

  it('offers the calls of a list', () => {
    expect(labels(smallWith('augment {\n  fl‸\n}'))).toEqual(
      expect.arrayContaining(['flip', 'rotate90', 'gaussian_noise']),
    );
  });

  it('offers the fields of an environment', () => {
    expect(labels('environment lab {\n  ‸\n}')).toEqual(Object.keys(ENVIRONMENT.fields));
  });

  it('offers arguments that are not given, also before the cursor’s', () => {
    const found = labels(smallWith('optimizer: adamw(‸, learning_rate: 1e-4)'));
    expect(found).toEqual(Object.keys(OPTIMIZER.variants.adamw.arguments).filter((name) => name !== 'learning_rate'));
  });

  it('offers arguments of calls in lists and in blocks', () => {
    expect(labels(smallWith('metrics: [dice, surface_dice(‸)]'))).toEqual(['tolerance']);
    expect(labels(smallWith('augment { flip(‸) }'))).toEqual(['axes', 'probability']);
    expect(labels('experiment a { dataset phantom(‸) {} }')).toEqual(['subjects', 'size', 'seed', 'channels']);
  });

  it('offers how a sweep stops runs early, and what that takes', () => {
    expect(labels(smallWith('sweep {\n  ‸\n}'))).toContain('stop');
    expect(labels(smallWith('sweep {\n  stop: ‸\n}'))).toEqual(['halving']);
    expect(labels(smallWith('sweep {\n  stop: halving(‸)\n}'))).toEqual(['after', 'factor']);
    expect(labels(smallWith('sweep {\n  seed: halving(‸)\n}'))).toEqual([]);
  });

  it('offers the paths of settings and the parameters in a sweep', () => {
    const found = labels(`param lr: number = 1e-4\n${smallWith('sweep {\n  ‸\n}')}`);
    expect(found).toEqual(expect.arrayContaining(['optimizer.learning_rate', 'model.init_filters', 'patch', 'lr']));
  });
});

describe('completion of values', () => {
  it('offers variants of calls, with the arguments that have to be given', () => {
    expect(labels(smallWith('optimizer: ‸'))).toEqual(Object.keys(OPTIMIZER.variants));
    expect(completions(smallWith('augment { ‸ }')).find(({ label }) => label === 'flip')?.snippet).toBe(
      'flip(probability: ${1:50%})',
    );
  });

  it('offers the words of a setting and marks the default', () => {
    const found = completions(smallWith('cache: ‸'));
    expect(found.map(({ label }) => label)).toEqual(EXPERIMENT.cache.type.words);
    expect(found.filter(({ detail }) => detail === 'default').map(({ label }) => label)).toEqual(['memory']);
  });

  it('offers parameters where a value stands', () => {
    expect(labels(`param rate: number = 1e-4\n${smallWith('optimizer: adamw(learning_rate: ‸)')}`)).toContain('rate');
  });

  it('offers metrics where one is watched, listed or expected', () => {
    const measured = Object.keys(METRICS);
    expect(labels(smallWith('metrics: [‸]'))).toEqual(expect.arrayContaining(measured));
    expect(labels(smallWith('expect ‸'))).toContain('val.dice');
    expect(labels(smallWith('expect val.d‸'))).toContain('val.dice');
    expect(labels(SMALL.replace('epochs: 10', 'epochs: 10  keep_best: ‸'))).toContain('val.dice');
    expect(labels(SMALL.replace('epochs: 10', 'epochs: 10  early_stop: patience 5 epochs on ‸'))).toContain('val.dice');
  });

  it('offers environments of the catalogue and of the file', () => {
    const found = labels(`environment lab.a100 { gpu: T4 }\n${smallWith('profile p on ‸')}`);
    expect(found).toEqual(expect.arrayContaining(['lab.a100', 'aws.g4dn.xlarge', 'local']));
  });

  it('offers experiments to extend, types of parameters and files to import', () => {
    expect(labels(`${SMALL}\nexperiment b extends ‸ {}`)).toContain('small');
    expect(labels('param lr: ‸')).toEqual(['number', 'string', 'boolean']);
    expect(labels('import "sh‸"', { 'shared.exp': '' })).toEqual(['shared.exp']);
  });

  it('replaces the whole dotted word', () => {
    const { document, offset } = marked(smallWith('profile p on aws.g4‸dn.xlarge { workers: 2 }'));
    const [item] = completionsAt(document, offset);
    expect(document.source.text.slice(item?.span.start, item?.span.end)).toBe('aws.g4dn.xlarge');
  });

  it('says nothing within comments, strings, numbers and new names', () => {
    expect(labels(smallWith('// ‸'))).toEqual([]);
    expect(labels(smallWith('description: "pa‸"'))).toEqual([]);
    expect(labels(smallWith('seed: 4‸'))).toEqual([]);
    expect(labels('experiment ‸ {}')).toEqual([]);
  });
});

describe('completion in files that are not finished', () => {
  it.each([
    ['an open block', 'experiment a {\n  schedule {\n    ‸', 'epochs'],
    ['an open block before others', 'experiment a {\n  schedule {\n    ep‸\n  model SegResNet {}\n}\n', 'epochs'],
    ['an open call', 'experiment a {\n  optimizer: adamw(‸\n  seed: 1\n}\n', 'learning_rate'],
    [
      'an open call after an argument',
      'experiment a {\n  optimizer: adamw(learning_rate: 1e-4, ‸\n  seed: 1\n}',
      'beta1',
    ],
    ['an open list', 'experiment a {\n  metrics: [dice, ‸\n  seed: 1\n}\n', 'iou'],
    ['a value that is missing', 'experiment a {\n  cache: ‸\n  seed: 1\n}\n', 'memory'],
    ['nonsense before', 'experiment a {\n  )) & seed\n  sche‸\n}\n', 'schedule'],
    ['a missing opening brace', 'experiment a {\n  schedule\n    epochs: 1\n  }\n  ‸\n}\n', 'patch'],
  ])('%s', (_, text, expected) => {
    expect(labels(text)).toContain(expected);
  });
});

describe('what is inserted', () => {
  it('keeps what follows the name', () => {
    expect(accepted(SMALL.replace('patch: 32', 'pat‸: 32'), 'patch')).toBe(SMALL);
  });

  it.each(Object.entries(EXPERIMENT).map(([name, { type }]) => [name, type.kind] as const))(
    'a whole `%s` parses, with what has to be in it',
    (name) => {
      const bare = 'experiment a {\n  ‸\n}\n';
      const items = completions(bare).filter(({ label }) => label === name || label.startsWith(`${name} `));
      expect(items.length).toBeGreaterThan(0);
      for (const { label } of items) {
        const { document } = marked(accepted(bare, label));
        const own = document.diagnostics.filter(
          ({ code, message }) => code !== 'EXP2006' || message.includes(`\`${name}`),
        );
        const unexpected = own.filter(({ code }) => !code.startsWith('EXP3'));
        expect(unexpected.map(({ code, message }) => `${label}: ${code} ${message}`)).toEqual([]);
      }
    },
  );

  it.each(Object.keys(OPTIMIZER.variants))('each argument of `%s` with its default compiles', (variant) => {
    const text = smallWith(`optimizer: ${variant}(‸)`);
    for (const { label } of completions(text)) {
      expect(marked(accepted(text, label)).document.diagnostics).toEqual([]);
    }
  });
});
