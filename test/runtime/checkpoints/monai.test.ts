import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackWeights } from '../../../compiler/graph/weights.ts';
import type { PlanModel } from '../../../compiler/plan/schema.ts';
import { saveCheckpoint, WEIGHTS_FILE } from '../../../runtime/checkpoints/checkpoint.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { contextOf, progressAt, segResNet, swinUnetr, vectorsOf } from './samples.ts';

/** The names of MONAI's constructor. */
function monaiArguments(model: PlanModel): object {
  return model.name === 'SegResNet'
    ? {
        in_channels: model.inChannels,
        out_channels: model.outChannels,
        init_filters: model.initFilters,
        blocks_down: model.blocksDown,
        blocks_up: model.blocksUp,
        norm: ['GROUP', { num_groups: model.normGroups }],
      }
    : { in_channels: model.inChannels, out_channels: model.outChannels, feature_size: model.featureSize };
}

const canLoad = pythonHas('monai') && pythonHas('safetensors');

describe.skipIf(!canLoad)('the weights of a checkpoint (skipped: no reference Python with monai)', () => {
  it('load strictly into MONAI’s network, each parameter in its place', { timeout: 120_000 }, () => {
    const samples = [segResNet, swinUnetr].map((model) => {
      const context = contextOf(temporaryFolder(), model);
      const vectors = vectorsOf(context, 1);
      const { path } = saveCheckpoint(context, 'best', { ...vectors, state: null }, progressAt(1));
      const digests = [...unpackWeights(context.weights, vectors.weights)].map(([name, data]) => [
        name,
        createHash('sha256').update(data).digest('hex'),
      ]);
      return { model, path: join(context.runDir, path, WEIGHTS_FILE), digests: Object.fromEntries(digests) };
    });
    const jobs = samples.map(({ model, path }) => ({ name: model.name, arguments: monaiArguments(model), path }));
    const answers = askPython<object[]>(new URL('reference.py', import.meta.url), jobs);
    expect(answers).toEqual(samples.map(({ digests }) => digests));
  });
});
