import { describe, expect, it } from 'vitest';
import type { PlanModel } from '../../../compiler/plan/schema.ts';
import { matchNames, type ShapedTensor } from '../../../runtime/weights/match-names.ts';
import { weightSpecs } from '../../../runtime/weights/read-weights.ts';
import { segResNet, swinUnetr } from '../checkpoints/samples.ts';

type Shapes = ReadonlyMap<string, ShapedTensor>;

function shapesOf(model: PlanModel): Shapes {
  return new Map(weightSpecs(model).map(({ name, storedShape }) => [name, { dtype: 'F32', shape: storedShape }]));
}

function renamed(shapes: Shapes, rename: (name: string) => string | null): Shapes {
  const entries = [...shapes].map(([name, tensor]) => [rename(name), tensor] as const);
  return new Map(entries.filter((entry): entry is [string, ShapedTensor] => entry[0] !== null));
}

function match(model: PlanModel, tensors: Shapes) {
  const targets = weightSpecs(model).map(({ name, storedShape }) => ({ name, shape: storedShape }));
  return matchNames(model.name, targets, new Set(), tensors);
}

const own = shapesOf(segResNet);

describe('names of a file', () => {
  it.each(['', 'module.', 'model.', '_model.', 'net.', 'network.', '_orig_mod.', 'model.module.', 'module._orig_mod.'])(
    'match behind %j',
    (prefix) => {
      const found = match(
        segResNet,
        renamed(own, (name) => `${prefix}${name}`),
      );
      expect(found).toMatchObject({ prefix, shapes: [], missing: [], unexpected: [] });
      expect(found.matched).toHaveLength(own.size);
      expect(found.matched[0]).toEqual({ parameter: 'convInit.conv.weight', tensor: `${prefix}convInit.conv.weight` });
    },
  );

  it('tell another head by its shape, and what else stands in the file', () => {
    const head = 'conv_final.2.conv.weight';
    const found = match(
      segResNet,
      new Map([
        ...own,
        [head, { dtype: 'F32', shape: [14, 4, 1, 1, 1] }],
        ['vae_fc1.weight', { dtype: 'F32', shape: [8] }],
        ['norm.num_batches_tracked', { dtype: 'I64', shape: [] }],
      ]),
    );
    expect(found.matched).toHaveLength(own.size - 1);
    expect(found).toMatchObject({
      shapes: [{ parameter: head, tensor: head, expected: [2, 4, 1, 1, 1], found: [14, 4, 1, 1, 1] }],
      missing: [],
      unexpected: ['vae_fc1.weight'],
      ignored: ['norm.num_batches_tracked'],
    });
  });

  it('that are of another network match nothing', () => {
    const found = match(segResNet, shapesOf(swinUnetr));
    expect(found.matched).toEqual([]);
    expect(found.missing).toHaveLength(own.size);
  });
});

describe('self-supervised encoders of SwinUNETR', () => {
  const whole = shapesOf(swinUnetr);
  const encoder = [...whole.keys()].filter((name) => name.startsWith('swinViT.'));

  /** As MONAI's SwinUNETR.load_from reads `model_swinvit.pt`. */
  function pretrained(within: string): Shapes {
    const tensors = renamed(whole, (name) =>
      name.startsWith('swinViT.')
        ? `module.${within}${name.slice('swinViT.'.length).replace('mlp.linear', 'mlp.fc')}`
        : null,
    );
    const index = { dtype: 'I64', shape: [343, 343] } as const;
    return new Map<string, ShapedTensor>([
      ...tensors,
      [`module.${within}layers1.0.blocks.0.attn.relative_position_index`, index],
      ['module.rotation_head.weight', { dtype: 'F32', shape: [4, 768] }],
    ]);
  }

  it.each(['', 'swinViT.'])('match with fc1 and fc2 for the linear layers, below %j', (within) => {
    const found = match(swinUnetr, pretrained(within));
    expect(found.prefix).toBe('module.');
    expect(found.matched.map(({ parameter }) => parameter).sort()).toEqual([...encoder].sort());
    expect(found.missing).toHaveLength(whole.size - encoder.length);
    expect(found.missing.every((name) => /^(encoder|decoder|out)/.test(name))).toBe(true);
    expect(found.shapes).toEqual([]);
    expect(found.unexpected).toEqual(['module.rotation_head.weight']);
    expect(found.ignored).toEqual([`module.${within}layers1.0.blocks.0.attn.relative_position_index`]);
  });
});
