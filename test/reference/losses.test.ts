import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { graphBuilder } from '../../compiler/graph/builder.ts';
import { gradientsOf } from '../../compiler/graph/differentiate.ts';
import { buildLoss } from '../../compiler/graph/losses/table.ts';
import { schedule } from '../../compiler/graph/schedule.ts';
import type { PlanLoss } from '../../compiler/plan/schema.ts';
import type { Engine } from '../../runtime/engine/types.ts';
import { askPython } from '../helpers/ask-python.ts';
import { DICE_CE } from '../helpers/models.ts';
import { monaiLoss } from '../helpers/monai.ts';
import { pythonHas } from '../helpers/python.ts';
import { native, portable } from '../runtime/engine/helpers/engines.ts';
import { expectRow } from './numerics/row.ts';
import { largestDifference, type ReferenceFile, readReference, relativeDifference } from './reference-file.ts';
import { sharedFolder } from './shared-folder.ts';

/** Our losses against MONAI's: the same logits and labels, of which one class is absent from one sample. */

const VALUE_TOLERANCE = 1e-5;
const GRADIENT_TOLERANCE = 1e-4; // ‖ours − MONAI's‖ / ‖MONAI's‖

const SHAPE = { batch: 2, classes: 4, size: [6, 5, 7] } as const;

const { diceWeight, crossEntropyWeight, kind: _, ...dice } = DICE_CE;
const overlap = { includeBackground: false, batch: false, smoothNr: 1e-5, smoothDr: 1e-5 };
const squared = { ...dice, includeBackground: true, squaredPred: true, jaccard: true, batch: true, smoothNr: 0.1 };
const dressed = { ...overlap, includeBackground: true, batch: true, smoothNr: 0.01, smoothDr: 0.1 };

const LOSSES: Readonly<Record<string, PlanLoss>> = {
  dice: { kind: 'dice', ...dice },
  'dice, with background': { kind: 'dice', ...dice, includeBackground: true },
  'dice, squared': { kind: 'dice', ...dice, squaredPred: true },
  'dice, jaccard': { kind: 'dice', ...dice, jaccard: true },
  'dice, all options': { kind: 'dice', ...squared },
  dice_cross_entropy: DICE_CE,
  'dice_cross_entropy, all options': {
    kind: 'dice_cross_entropy',
    ...squared,
    diceWeight: 0.3,
    crossEntropyWeight: 1.7,
  },
  dice_focal: { kind: 'dice_focal', ...dice, gamma: 2, diceWeight, focalWeight: 1 },
  'dice_focal, all options': { kind: 'dice_focal', ...squared, gamma: 1.5, diceWeight: 0.5, focalWeight: 3 },
  'dice_focal, gamma 0': { kind: 'dice_focal', ...dice, gamma: 0, diceWeight, focalWeight: crossEntropyWeight },
  tversky: { kind: 'tversky', ...overlap, alpha: 0.5, beta: 0.5 },
  'tversky, all options': { kind: 'tversky', ...dressed, alpha: 0.3, beta: 0.7 },
  generalized_dice: { kind: 'generalized_dice', ...overlap, weightType: 'square' },
  'generalized_dice, with background': {
    kind: 'generalized_dice',
    ...overlap,
    includeBackground: true,
    weightType: 'square',
  },
  'generalized_dice, simple weights': { kind: 'generalized_dice', ...overlap, weightType: 'simple' },
  'generalized_dice, uniform weights': { kind: 'generalized_dice', ...overlap, weightType: 'uniform' },
  'generalized_dice, all options': { kind: 'generalized_dice', ...dressed, weightType: 'simple' },
};

async function ours(engine: Engine, loss: PlanLoss, reference: ReferenceFile) {
  const { batch, classes, size } = SHAPE;
  const g = graphBuilder();
  const logits = g.input('logits', [batch, ...size, classes]);
  const value = buildLoss(g, loss, [logits], g.input('label', [batch, ...size], 'int32'));
  g.output('loss', value);
  for (const gradient of gradientsOf(g, value, [logits])) g.output('gradient', gradient);
  const inputs = {
    logits: engine.upload(reference.floats('logits'), logits.shape),
    label: engine.upload(reference.integers('label'), [batch, ...size]),
  };
  const outputs = engine.execute(schedule(g.finish()), inputs);
  const [lossHandle, gradientHandle] = [outputs.loss, outputs.gradient];
  if (lossHandle === undefined || gradientHandle === undefined) throw new Error('an output is missing');
  const [values, gradient] = [await engine.download(lossHandle), await engine.download(gradientHandle)];
  engine.dispose(...Object.values(inputs), ...Object.values(outputs));
  return { value: values[0] ?? Number.NaN, gradient: Float32Array.from(gradient) };
}

const names = Object.keys(LOSSES);
const runnable = pythonHas('monai') && pythonHas('safetensors');

describe.skipIf(!runnable)('losses against MONAI’s (needs a reference Python with monai)', () => {
  const folder = sharedFolder();
  const pathOf = (name: string) => join(folder(), `${names.indexOf(name)}.safetensors`);

  beforeAll(() => {
    const jobs = Object.entries(LOSSES).map(([name, loss], seed) => ({
      loss: monaiLoss(loss),
      ...SHAPE,
      seed,
      path: pathOf(name),
    }));
    askPython(new URL('losses.py', import.meta.url), jobs);
  }, 300_000);

  it.each(names)('%s', async (what) => {
    const loss = LOSSES[what];
    if (loss === undefined) return;
    const reference = readReference(pathOf(what));
    const theirs = reference.floats('loss')[0] ?? Number.NaN;
    const plain = await ours(portable, loss, reference);
    const { value, gradient } = native === null ? plain : await ours(native, loss, reference);
    const monai = { subject: 'losses', reference: `MONAI ${monaiLoss(loss).name}` } as const;
    const difference = Math.abs(value - theirs);
    expectRow({ ...monai, what, ours: value, theirs, difference, tolerance: VALUE_TOLERANCE });
    expectRow({
      ...monai,
      what: `${what}: gradient`,
      ours: null,
      theirs: null,
      difference: relativeDifference(gradient, reference.floats('gradient')),
      tolerance: GRADIENT_TOLERANCE,
    });
    expect(Math.abs(plain.value - value)).toBeLessThan(VALUE_TOLERANCE);
    expect(largestDifference(plain.gradient, gradient)).toBeLessThan(VALUE_TOLERANCE);
  });
});
