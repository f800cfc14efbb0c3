import { assertNever } from '../../../dsl/assert-never.ts';
import type { PlanLoss } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { sizeAt } from '../shapes.ts';
import type { Value } from '../types.ts';
import type { Loss } from './loss.ts';
import { overlapOf } from './overlap.ts';
import { type Planes, planesOf } from './planes.ts';

type GeneralizedDice = Extract<PlanLoss, { kind: 'generalized_dice' }>;

/**
 * 1 − mean over n of (2·Σ_k w·I + s) / (Σ_k w·(P + Y) + s'), where w falls with the volume of the class, so that small
 * structures count as much as large ones.
 *
 * @see MONAI monai.losses.GeneralizedDiceLoss(to_onehot_y=True, softmax=True)
 * @see Sudre et al., "Generalised Dice overlap", arXiv 1707.03237
 */
export const generalizedDice: Loss<GeneralizedDice> = (g, settings, logits, label) => {
  const { batch, smoothNr, smoothDr } = settings;
  const planes = planesOf(g, logits, label);
  const overlap = overlapOf(g, planes, g.softmax(planes.logits), { squaredPred: false, batch });
  const weights = classWeights(g, settings, labelVolumes(g, planes, batch));
  const weighted = (values: Value) => g.sum(g.mul(withoutBackground(g, settings, values), weights), [1]);
  const numerator = g.add(g.scale(weighted(overlap.intersection), 2), g.scalar(smoothNr));
  const denominator = g.add(weighted(g.add(overlap.predicted, overlap.truth)), g.scalar(smoothDr));
  return g.sub(g.scalar(1), g.mean(g.div(numerator, denominator), [0]));
};

/** Voxels of each class, exact: [N, K], or [1, K] over the batch. */
function labelVolumes(g: GraphBuilder, { target, batch: samples, depth, classes }: Planes, batch: boolean): Value {
  const byPlane = g.reshape(g.sum(target, [1]), [samples, depth, classes]);
  const volumes = g.sum(byPlane, [1]);
  return batch ? g.sum(volumes, [0], true) : volumes;
}

function withoutBackground(g: GraphBuilder, { includeBackground }: GeneralizedDice, values: Value): Value {
  const [rows, classes] = [sizeAt(values.shape, 0), sizeAt(values.shape, 1)];
  return includeBackground ? values : g.slice(values, [0, 1], [rows, classes - 1]);
}

/** w of each class; a class that is absent has the largest of the sample's others, as MONAI has it. */
function classWeights(g: GraphBuilder, settings: GeneralizedDice, allVolumes: Value): Value {
  const volumes = withoutBackground(g, settings, allVolumes);
  const one = g.scalar(1);
  const present = g.minimum(volumes, one);
  const atLeastOne = g.maximum(volumes, one);
  switch (settings.weightType) {
    case 'uniform':
      return g.broadcastTo(one, volumes.shape);
    case 'simple':
      return withAbsent(g, g.div(present, atLeastOne), present);
    case 'square':
      return withAbsent(g, g.div(present, g.square(atLeastOne)), present);
    default:
      return assertNever(settings.weightType);
  }
}

/** @param weights [N, K], 0 where a class is absent; @param present [N, K] of 0 and 1 */
function withAbsent(g: GraphBuilder, weights: Value, present: Value): Value {
  const each = g.split(
    weights,
    1,
    Array.from({ length: sizeAt(weights.shape, 1) }, () => 1),
  );
  const largest = each.reduce((a, b) => g.maximum(a, b));
  return g.add(weights, g.mul(g.sub(g.scalar(1), present), largest));
}
