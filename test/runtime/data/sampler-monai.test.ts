import { beforeAll, describe, it } from 'vitest';
import { IDENTITY } from '../../../runtime/data/affine.ts';
import { randomStream } from '../../../runtime/data/random.ts';
import { patchStart } from '../../../runtime/data/sampler.ts';
import type { Vec3 } from '../../../runtime/data/types.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';
import { expectRow } from '../../reference/numerics/row.ts';
import { ballLabels, caseOf } from './volumes.ts';

const SCRIPT = new URL('./sampler_reference.py', import.meta.url);
const SHAPE: Vec3 = [20, 16, 12];
const PATCH: Vec3 = [8, 6, 9];
const COUNT = 4000;

/** How often each value of each coordinate was drawn, as shares. */
function shares(starts: readonly Vec3[], axis: 0 | 1 | 2): number[] {
  const counts = Array.from({ length: SHAPE[axis] }, () => 0);
  for (const start of starts) counts[start[axis]] = (counts[start[axis]] ?? 0) + 1;
  return counts.map((count) => count / starts.length);
}

const RATIOS = [
  [1, 1],
  [3, 1],
  [1, 0],
] as const;

describe.skipIf(!pythonHas('monai'))('patches are drawn as MONAI draws them (needs MONAI)', () => {
  const { data: label } = ballLabels(SHAPE, IDENTITY);
  const source = caseOf(new Float32Array(label.length), label, SHAPE);
  let drawn: readonly (readonly Vec3[])[] = [];

  beforeAll(() => {
    drawn = askPython(SCRIPT, { shape: SHAPE, label: [...label], patch: PATCH, ratios: RATIOS, count: COUNT });
  }, 60_000);

  it.each(RATIOS.map(([positive, negative], i) => ({ positive, negative, i })))(
    'with $positive foreground to $negative background centres',
    ({ positive, negative, i }) => {
      const sampling = { kind: 'balanced', positive, negative, perCase: 1 } as const;
      const ours = Array.from({ length: COUNT }, (_, step) =>
        patchStart(source, PATCH, sampling, randomStream({ seed: 1, purpose: 'patch', step })),
      );
      for (const axis of [0, 1, 2] as const) {
        const [a, b] = [shares(ours, axis), shares(drawn[i] ?? [], axis)];
        expectRow({
          subject: 'augmentation',
          what: `patches, ${positive} to ${negative}: share of each start along ${'xyz'[axis]}, ${COUNT} draws`,
          reference: 'MONAI RandCropByPosNegLabel',
          ours: null,
          theirs: null,
          difference: Math.max(...a.map((share, position) => Math.abs(share - (b[position] ?? 0)))),
          // Four standard deviations of the difference of two shares that are drawn so often: 4 · √(2 · ¼ / draws).
          tolerance: 4 * Math.sqrt(0.5 / COUNT),
        });
      }
    },
  );
});
