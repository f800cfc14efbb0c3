import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import { DOCUMENTS, type DocumentName } from '../../../tui/json/documents.ts';
import { documentJsonSchema } from '../../../tui/json/json-schema.ts';
import { exp, expInProcess, temporaryFolder } from '../../helpers/cli.ts';
import { expectValid, jsonLines } from '../../helpers/json-documents.ts';

/** What commands print as JSON is what the published schemas say; `npx vitest run FILE -u` writes the schemas anew. */

const NAMES = Object.keys(DOCUMENTS).filter((name): name is DocumentName => name in DOCUMENTS);
const schemaOf = (name: DocumentName) => `schemas/${name}.schema.json`;

describe('docs/schemas', () => {
  it.each(NAMES)('%s', async (name) => {
    await expect(documentJsonSchema(name)).toMatchFileSnapshot(`../../../docs/${schemaOf(name)}`);
  });
});

const tiny = (more = '') => `experiment tiny {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  schedule { epochs: 2 }
  metrics: [dice]
  predict: none
  expect train.loss <= 100
  ${more}
}
`;
const folder = temporaryFolder({
  'tiny.exp': tiny(),
  'sweep.exp': tiny(
    'sweep {\n    optimizer.learning_rate: [1e-3, 1e-4]\n    stop: halving(after: 1 epoch, factor: 2)\n  }',
  ),
  'wrong.exp': tiny('optimizer: adamw(learning_rat: 1)'),
  'priced.exp': tiny('budget: $5'),
});

async function document(name: DocumentName, ...args: readonly string[]): Promise<void> {
  const { stdout, stderr } = await expInProcess(args, { cwd: folder });
  expect(stdout, stderr).not.toBe('');
  expectValid(schemaOf(name), JSON.parse(stdout));
}

describe('without a run', () => {
  it('check names what is wrong', () => document('check', 'check', 'wrong.exp', '--format', 'json'));
  it('doctor', () => document('doctor', 'doctor', '--json'));
  it('data check', () => document('data-check', 'data', 'check', 'tiny.exp', '--json'));
  it('data check that finds something', async () => {
    await expInProcess(['data', 'phantom', 'bids', '--subjects', '3', '--size', '16'], { cwd: folder });
    writeFileSync(join(folder, 'bids', 'sub-001', 'anat', 'sub-001_T1w.nii.gz'), 'no image');
    const args = ['data', 'check', 'bids', '--image', 'T1w', '--label', 'desc-manual_dseg', '--json'];
    const { stdout } = await expInProcess(args, { cwd: folder });
    const report: { readonly findings: readonly unknown[] } = JSON.parse(stdout);
    expect(report.findings).not.toEqual([]);
    expectValid(schemaOf('data-check'), report);
  });
  it('data stats', () => document('data-stats', 'data', 'stats', 'tiny.exp', '--json'));
  it('plan --environments', () => document('environments', 'plan', 'priced.exp', '--environments', '--json'));
  it('runs, where there are none', () => document('runs', 'runs', '--json', '--runs-dir', 'none'));
  it('submit status', async () => {
    await expInProcess(['submit', 'tiny.exp', '--to', 'kubernetes', '-o', 'handed', '--with', 'image=exp:1'], {
      cwd: folder,
    });
    await document('submit-status', 'submit', 'status', 'handed', '--json');
  });
  it('plan of a run', async () => {
    const { stdout } = await expInProcess(['plan', 'tiny.exp', '--json'], { cwd: folder });
    expectValid('plan.schema.json', { planId: '0'.repeat(64), plan: JSON.parse(stdout), origins: {} });
  });
  it('plan of a sweep', async () => {
    const { stdout } = await expInProcess(['plan', 'sweep.exp', '--json'], { cwd: folder });
    expectValid('matrix.schema.json', JSON.parse(stdout));
  });
  it('plan --explain of a value and of a block', async () => {
    await document('plan-explain', 'plan', 'tiny.exp', '--explain', 'patch', '--set', 'patch=32x32x32', '--json');
    await document('plan-explain', 'plan', 'tiny.exp', '--explain', 'schedule', '--json');
  });
  it('plan --graph', () => document('plan-graph', 'plan', 'tiny.exp', '--graph', '--json'));
  it('plan --diff', () => document('plan-diff', 'plan', 'tiny.exp', '--diff', 'priced.exp', '--json'));
});

describe.skipIf(locateBinding() === null)('with runs (skipped without the native engine)', () => {
  it('every command that reads them', { timeout: 120_000 }, async () => {
    const trained = exp(['run', 'tiny.exp', '--json'], { cwd: folder });
    expect([trained.exitCode, trained.stderr]).toEqual([0, '']);
    for (const event of jsonLines(trained.stdout)) expectValid('events.schema.json', event);
    const swept = exp(['run', 'sweep.exp', '--json', '--jobs', '2'], { cwd: folder });
    expect([swept.exitCode, swept.stderr]).toEqual([0, '']);
    const events = jsonLines(swept.stdout);
    expect(events).toHaveLength(3);
    for (const event of events) expectValid(schemaOf('matrix-events'), event);

    await document('runs', 'runs', '--json');
    const { stdout } = await expInProcess(['runs', '--json'], { cwd: folder });
    const [sweep = '', run = ''] = jsonIds(stdout);
    await document('show', 'show', run, '--json');
    await document('show', 'show', sweep, '--json');
    await document('compare', 'compare', sweep, '--json');
    await document('compare', 'compare', run, `${sweep}-001`, '--json');
    await document('runs-gc', 'runs', 'gc', '--keep', '0', '--best', '--json');
    await document('weights-inspect', 'weights', 'inspect', run, '--json');
    await document('weights-export', 'weights', 'export', run, '-o', 'tiny.onnx', '--format', 'onnx', '--json');
    await document('weights-export', 'weights', 'export', run, '-o', 'tiny.safetensors', '--json');
    await document('weights-import', 'weights', 'import', 'tiny.safetensors', '--model', 'tiny.exp', '--json');
    const evaluated = await expInProcess(['evaluate', run, '--split', 'test', '--json'], { cwd: folder });
    for (const event of jsonLines(evaluated.stdout)) expectValid(schemaOf('predict-events'), event);
  });
});

function jsonIds(stdout: string): readonly string[] {
  const listed: readonly { readonly id: string }[] = JSON.parse(stdout);
  return listed.map(({ id }) => id);
}
