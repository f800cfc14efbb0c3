import type { Precision } from '../plan/precisions.ts';
import type { Plan, PlanModel } from '../plan/schema.ts';
import type { GraphBuilder } from './builder.ts';
import { graphBuilder } from './builder.ts';
import { graphCost } from './costs.ts';
import { gradientsOf } from './differentiate.ts';
import { buildLoss } from './losses/table.ts';
import { buildNetwork } from './networks/table.ts';
import { buildUpdate } from './optimizers/table.ts';
import { type Recomputation, recompute } from './recompute.ts';
import { schedule, withoutDeadCode } from './schedule.ts';
import type { Graph, Schedule, Value, WeightSpec } from './types.ts';

/** What the runtime executes: whole programs as schedules. Weights are one flat vector of `weightCount` elements. */

export interface TrainingProgram {
  /** In the order of the weight vector. */
  readonly weights: readonly WeightSpec[];
  readonly weightCount: number;
  /**
   * inputs `weights` [P], `image` [N, D, H, W, Cin], `label` int32 [N, D, H, W]
   * outputs `loss` [], `gradient` [P]
   */
  readonly step: Schedule;
  /** What of the forward pass `step` computes again; null where it keeps everything. */
  readonly recomputation: Recomputation | null;
  /**
   * inputs `weights`, `gradient` and the optimizer's `stateNames` [P], its `updateScalars` []; weights and state are consumed
   * outputs `weights` and the state [P], `gradientNorm` [] (before clipping)
   */
  readonly update: Schedule;
  /** Of the network alone: what inference takes for one such batch. */
  readonly forwardFlops: number;
}

export interface InferenceProgram {
  readonly weights: readonly WeightSpec[];
  readonly weightCount: number;
  /**
   * inputs `weights` [P], `image` [N, D, H, W, Cin]
   * outputs `probabilities` (or `logits`) [N, D, H, W, K]
   */
  readonly forward: Schedule;
}

export interface TrainingSettings
  extends Pick<Plan, 'patch' | 'batchSize' | 'loss' | 'optimizer' | 'activationLimitBytes' | 'precision'> {
  readonly model: PlanModel;
}

export interface InferenceSettings {
  readonly model: PlanModel;
  readonly roiSize: Plan['patch'];
  readonly batchSize: number;
  /** `probabilities`, softmax over the classes, unless told otherwise. */
  readonly output?: 'probabilities' | 'logits';
  /** float32 unless told otherwise. */
  readonly precision?: Precision;
  /** Whether layers must stay apart, for who reads the graph as layers. */
  readonly layerByLayer?: boolean;
}

export function trainingProgram(settings: TrainingSettings): TrainingProgram {
  const { activationLimitBytes: limit } = settings;
  const whole = trainingProgramOf(settings, 1);
  if (limit === null || whole.step.activationPeakBytes <= limit) return whole;
  const inParts = trainingProgramOf(settings, ATTENTION_PARTS);
  return inParts.step.activationPeakBytes < whole.step.activationPeakBytes ? inParts : whole;
}

/**
 * Where recomputation alone does not make a step fit, attention goes through its windows in so many parts: at 96³, SwinUNETR-24 can
 * then do with 0.83 GB of activations instead of 1.61. More parts save nothing more, as other layers are the largest then.
 */
const ATTENTION_PARTS = 4;

function trainingProgramOf(settings: TrainingSettings, attentionParts: number): TrainingProgram {
  const { optimizer, activationLimitBytes } = settings;
  const { g, outputs, step } = wholeStep(settings, attentionParts);
  const recomputation = activationLimitBytes === null ? null : recompute(step, activationLimitBytes);
  return {
    weights: g.weightSpecs,
    weightCount: g.weightCount,
    step: recomputation?.schedule ?? step,
    recomputation,
    update: updateSchedule(optimizer, g.weightCount),
    forwardFlops: graphCost(neededFor(g.finish(), outputs)).flops,
  };
}

/** Forward and backward with every activation kept: all that the memory of a step hangs on. */
export function wholeStep(settings: Omit<TrainingSettings, 'optimizer' | 'activationLimitBytes'>, attentionParts = 1) {
  const { model, patch, batchSize, loss, precision } = settings;
  const g = graphBuilder({ attentionParts, precision });
  const image = g.input('image', [batchSize, ...patch, model.inChannels]);
  const label = g.input('label', [batchSize, ...patch], 'int32');
  const outputs = buildNetwork(g, model, image);
  const value = buildLoss(g, loss, outputs, label);
  g.output('loss', value);
  g.output('gradient', weightGradient(g, value));
  return { g, outputs, step: schedule(g.finish()) };
}

export function inferenceProgram(settings: InferenceSettings): InferenceProgram {
  const { model, roiSize, batchSize, output, layerByLayer = false, precision = 'float32' } = settings;
  const g = graphBuilder({ layerByLayer, precision });
  const image = g.input('image', [batchSize, ...roiSize, model.inChannels]);
  const [logits] = buildNetwork(g, model, image);
  if (output === 'logits') g.output('logits', logits);
  else g.output('probabilities', g.softmax(logits));
  return { weights: g.weightSpecs, weightCount: g.weightCount, forward: schedule(g.finish()) };
}

export function updateSchedule(optimizer: Plan['optimizer'], weightCount: number): Schedule {
  const g = graphBuilder();
  buildUpdate(g, optimizer, weightCount);
  return schedule(g.finish());
}

/**
 * The norm of a gradient by itself, as `update` computes it: for who has to know it before the update.
 *
 * input `gradient` [P], output `gradientNorm` []
 */
export function normSchedule(weightCount: number): Schedule {
  const g = graphBuilder();
  g.output('gradientNorm', g.sqrt(g.sum(g.square(g.input('gradient', [weightCount])), [0])));
  return schedule(g.finish());
}

function neededFor(graph: Graph, results: readonly Value[]): Graph {
  return withoutDeadCode({ ...graph, outputs: new Map(results.map(({ id }, index) => [String(index), id])) });
}

/** The gradients of all weights as one vector, laid out as the weight vector. */
function weightGradient(g: GraphBuilder, loss: Value): Value {
  const gradients = gradientsOf(g, loss, g.weightValues);
  return g.inScope('gradient', () =>
    g.concat(
      gradients.map((gradient) => g.reshape(gradient, [-1])),
      0,
    ),
  );
}
