import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initialWeights, unpackWeights } from '../../../compiler/graph/weights.ts';
import { encodeSafetensors, type SafeTensor } from '../../../runtime/checkpoints/safetensors.ts';
import { vectorToTensors } from '../../../runtime/checkpoints/state-dict.ts';
import { openRun } from '../../../runtime/run/run-folder.ts';
import { openRunWeights } from '../../../runtime/weights/open-weights.ts';
import { weightSpecs } from '../../../runtime/weights/read-weights.ts';
import { checkStartingWeights, describeStart, loadStartingWeights } from '../../../runtime/weights/starting-weights.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';
import { expectStatus, tinyRuns } from '../training/tiny-run.ts';

const plan = tinyPlan();
const specs = weightSpecs(plan.model);
const trained = initialWeights(specs, 99);
const from = (weights: string) => ({ model: { ...plan.model, weights }, seed: plan.seed });

function fileOf(tensors: ReadonlyMap<string, SafeTensor>): { readonly folder: string; readonly bytes: Buffer } {
  const folder = temporaryFolder();
  const bytes = Buffer.concat(encodeSafetensors({ tensors, metadata: {} }));
  writeFileSync(join(folder, 'start.safetensors'), bytes);
  return { folder, bytes };
}

describe('weights to start from', () => {
  it('are those of the file, known by its digest', async () => {
    const { folder, bytes } = fileOf(vectorToTensors(specs, trained));
    const start = await loadStartingWeights(from('start.safetensors'), folder, specs);
    expect(start?.vector).toEqual(trained);
    expect(start?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(start === null ? '' : describeStart(start)).toMatch(/start\.safetensors: 25 of 25 tensors$/);
  });

  it('are random where the file has nothing, or another shape', async () => {
    const tensors = new Map(vectorToTensors(specs, trained));
    tensors.delete('convInit.conv.weight');
    tensors.set('conv_final.2.conv.bias', { dtype: 'F32', shape: [3], data: new Float32Array(3) });
    const start = await loadStartingWeights(from('start.safetensors'), fileOf(tensors).folder, specs);
    const [found, random] = [start?.vector ?? new Float32Array(), initialWeights(specs, plan.seed)].map((vector) =>
      unpackWeights(specs, vector),
    );
    for (const name of ['convInit.conv.weight', 'conv_final.2.conv.bias'])
      expect(found?.get(name)).toEqual(random?.get(name));
    expect(found?.get('conv_final.2.conv.weight')).toEqual(
      unpackWeights(specs, trained).get('conv_final.2.conv.weight'),
    );
    expect(start === null ? '' : describeStart(start)).toMatch(
      /23 of 25 tensors; 2 start at random \(1 of other shapes, 1 not in the file\)$/,
    );
  });

  it.each([
    ['a file that is not there', 'nothing.pt', /there is no .*nothing\.pt/],
    [
      'a file of which nothing fits',
      'start.safetensors',
      /nothing in .* fits SegResNet: its 1 tensors have other names, such as other/,
    ],
    ['a folder that is no run', '.', /neither a run nor a checkpoint/],
  ])('are refused before anything runs: %s', async (_, setting, message) => {
    const { folder } = fileOf(new Map([['other', { dtype: 'F32', shape: [1], data: new Float32Array(1) }]]));
    const refusal = { code: 'EXP4302', planPath: 'model.weights', message: expect.stringMatching(message) };
    await expect(checkStartingWeights(from(setting), folder)).rejects.toMatchObject(refusal);
    await expect(loadStartingWeights(from(setting), folder, specs)).rejects.toMatchObject(refusal);
  });
});

describe('a run with weights to start from', { timeout: 120_000 }, () => {
  const runs = tinyRuns();

  it('starts from another run’s best checkpoint, says so, and does not read it again on resume', async () => {
    const first = runs.create();
    expectStatus(await runs.train(first), 'completed', 0);
    const best = openRunWeights(openRun(first), 'best');

    const second = runs.create({ model: { ...plan.model, weights: first } });
    const killed = await runs.train(second, { disturb: 'SIGKILL step 6' });
    expectStatus(killed, 'killed', 2);
    const file = join(best.path, 'weights.safetensors');
    expect(killed.events.find(({ type }) => type === 'weights')).toMatchObject({
      path: file,
      sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
      matched: 25,
      parameterTensors: 25,
    });
    expect(killed.events).toContainEqual(
      expect.objectContaining({ type: 'log', level: 'info', message: expect.stringMatching(/25 of 25 tensors$/) }),
    );

    rmSync(first, { recursive: true });
    const resumed = await runs.train(second, { resume: true });
    expectStatus(resumed, 'completed', 0);
    expect(resumed.events.filter(({ type }) => type === 'weights')).toEqual([]);
  });

  it('fails with the line of the setting when the file is not there', async () => {
    const { finished } = await runs.train(runs.create({ model: { ...plan.model, weights: 'gone.pt' } }));
    expect(finished).toMatchObject({ status: 'failed', error: { code: 'EXP4302' } });
  });
});
