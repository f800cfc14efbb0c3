import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackWeights } from '../../../compiler/graph/weights.ts';
import { saveCheckpoint, WEIGHTS_FILE } from '../../../runtime/checkpoints/checkpoint.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { DYNUNET, UNET } from '../../helpers/models.ts';
import { monaiModel } from '../../helpers/monai.ts';
import { pythonHas } from '../../helpers/python.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { expectRow } from '../../reference/numerics/row.ts';
import { contextOf, progressAt, segResNet, swinUnetr, vectorsOf } from './samples.ts';

const dynUnet = { ...DYNUNET, resBlock: true, deepSupervision: true, deepSuprNum: 2, transBias: true };

const canLoad = pythonHas('monai') && pythonHas('safetensors');

describe.skipIf(!canLoad)('the weights of a checkpoint (skipped: no reference Python with monai)', () => {
  it('load strictly into MONAI’s network, each parameter in its place', { timeout: 120_000 }, () => {
    const samples = [segResNet, swinUnetr, UNET, { ...UNET, numResUnits: 2 }, dynUnet].map((model) => {
      const context = contextOf(temporaryFolder(), model);
      const vectors = vectorsOf(context, 1);
      const { path } = saveCheckpoint(context, 'best', { ...vectors, state: null }, progressAt(1));
      const digests = [...unpackWeights(context.weights, vectors.weights)].map(([name, data]) => [
        name,
        createHash('sha256').update(data).digest('hex'),
      ]);
      return { model, path: join(context.runDir, path, WEIGHTS_FILE), digests: Object.fromEntries(digests) };
    });
    const jobs = samples.map(({ model, path }) => ({ ...monaiModel(model), path }));
    const answers = askPython<Record<string, string>[]>(new URL('reference.py', import.meta.url), jobs);
    expect(answers.map((loaded) => Object.keys(loaded).sort())).toEqual(
      samples.map(({ digests }) => Object.keys(digests).sort()),
    );
    for (const [i, { model, digests }] of samples.entries()) {
      const names = Object.keys(digests);
      expectRow({
        subject: 'weights',
        what: `${model.name}: of ${names.length} parameters in a checkpoint, those that differ after load_state_dict`,
        reference: 'MONAI, safetensors',
        ours: null,
        theirs: null,
        difference: names.filter((name) => answers[i]?.[name] !== digests[name]).length,
        tolerance: 0,
      });
    }
  });
});
