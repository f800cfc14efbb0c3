import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalJson, planId } from '../../../compiler/plan/canonical.ts';
import { diffPlans } from '../../../compiler/plan/diff.ts';
import { flattenPlan } from '../../../compiler/plan/flatten.ts';
import { planJsonSchema } from '../../../compiler/plan/json-schema.ts';
import { experimentText, planOf, SMALL } from '../example.ts';

const swin = experimentText('swin');

describe('canonical JSON', () => {
  it('sorts keys, keeps lists, and has no white space', () => {
    expect(canonicalJson({ b: [2, 1, { d: null, c: 'x' }], a: 1e-4 })).toBe(
      '{"a":0.0001,"b":[2,1,{"c":"x","d":null}]}',
    );
  });

  it('gives a plan and its copy the same identity, whatever the order of keys', () => {
    const { plan, planId: id } = planOf(SMALL);
    const reversed = Object.fromEntries(Object.entries(plan).reverse());
    expect(canonicalJson(reversed)).toBe(canonicalJson(plan));
    expect(planId(JSON.parse(canonicalJson(plan)))).toBe(id);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a flat plan', () => {
  const flat = flattenPlan(planOf(swin).plan);

  it.each([
    ['optimizer.learning_rate', '0.0001'],
    ['dataset.foreground', '[1,2]'],
    ['dataset.source.root', 'data/organ'],
    ['augment.0.kind', 'flip'],
    ['augment.0.axes', '["x","y","z"]'],
    ['inference.roi_size', 'null'],
    ['schedule.keep_best.metric', 'val.dice'],
  ])('%s is %s', (path, value) => {
    expect(flat.get(path)).toBe(value);
  });

  it('has keys that MLflow takes: at most 250 characters of letters, digits, `_`, `-`, `.`, spaces and `/`', () => {
    for (const key of flat.keys()) expect(key).toMatch(/^[\w\-. /]{1,250}$/);
  });
});

describe('the difference of two plans', () => {
  it('of one file is empty', () => {
    const { plan } = planOf(swin);
    expect(diffPlans(plan, plan).changes).toEqual([]);
  });

  it('lists what changed, counts what did not, and shows what is only in one', () => {
    const { plan } = planOf(SMALL);
    const other = planOf(SMALL, { set: ['optimizer.learning_rate=1e-3', 'track=mlflow'] }).plan;
    const { changes, unchanged } = diffPlans(plan, other);
    expect(changes).toEqual([
      { path: 'optimizer.learning_rate', before: '0.0001', after: '0.001' },
      { path: 'track', before: 'null', after: null },
      { path: 'track.alias', before: null, after: 'null' },
      { path: 'track.cases', before: null, after: 'true' },
      { path: 'track.experiment', before: null, after: 'small' },
      { path: 'track.kind', before: null, after: 'mlflow' },
      { path: 'track.password', before: null, after: 'null' },
      { path: 'track.register', before: null, after: 'null' },
      { path: 'track.token', before: null, after: 'null' },
      { path: 'track.uri', before: null, after: 'null' },
      { path: 'track.username', before: null, after: 'null' },
    ]);
    expect(unchanged).toBe(flattenPlan(plan).size - 2);
  });
});

describe('docs/plan.schema.json', () => {
  const path = new URL('../../../docs/plan.schema.json', import.meta.url);

  it('is what the plan’s schema says now; UPDATE_GOLDEN=1 rewrites it', () => {
    if (process.env.UPDATE_GOLDEN === '1' && process.env.CI === undefined) writeFileSync(path, planJsonSchema());
    expect(readFileSync(path, 'utf8')).toBe(planJsonSchema());
  });
});
