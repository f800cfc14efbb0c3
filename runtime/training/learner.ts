import { stateNames, updateScalars } from '../../compiler/graph/optimizers/table.ts';
import { normSchedule, type TrainingProgram } from '../../compiler/graph/programs.ts';
import type { Schedule } from '../../compiler/graph/types.ts';
import { initialWeights } from '../../compiler/graph/weights.ts';
import type { PlanOptimizer } from '../../compiler/plan/schema.ts';
import type { TrainedVectors } from '../checkpoints/checkpoint.ts';
import type { Batch } from '../data/types.ts';
import type { Engine, TensorHandle, Tensors } from '../engine/types.ts';
import { findNotFinite, type NotFinite } from './not-finite.ts';

/** Weights and optimizer state in the engine, and one step of learning. */
export interface Learner {
  /**
   * What validation and prediction use: the moving average of the weights where the plan keeps one, or else the weights.
   * The learner's own: not to be disposed, and gone with the next `update`.
   */
  readonly evaluated: TensorHandle;
  /**
   * Loss and gradients of a batch; they are kept for `update`.
   *
   * @returns the loss, which may be no number
   */
  computeLoss(batch: Batch): Promise<number>;
  /** The norm of those gradients before clipping, with nothing applied: for who may want to leave the step out. */
  gradientNorm(): Promise<number>;
  /**
   * Applies the gradients of the last `computeLoss`.
   *
   * @param step counted from 1, for Adam's bias corrections
   * @returns the gradient's norm before clipping; the gradients of one that is no number are kept to be looked at
   */
  update(learningRate: number, step: number): Promise<number>;
  /** The first value of the trained weights, or of the gradients of the last `computeLoss`, that is NaN or infinite. */
  notFinite(vector: 'weights' | 'gradient'): Promise<NotFinite | null>;
  /** Copies of weights and state. */
  vectors(): Promise<Required<TrainedVectors>>;
  close(): void;
}

/** @param from a checkpoint's vectors; null initialises the weights from the seed */
export function createLearner(
  engine: Engine,
  program: TrainingProgram,
  optimizer: PlanOptimizer,
  seed: number,
  from: TrainedVectors | null,
): Learner {
  const count = program.weightCount;
  const upload = (vector: Float32Array) => engine.upload(vector, [count]);
  const names = stateNames(optimizer);
  const start = from?.weights ?? initialWeights(program.weights, seed);
  // Of an averaged run, a checkpoint's weights are the average, and the trained ones are beside them.
  let weights = upload(from?.state?.trained ?? start);
  let state = Object.fromEntries(
    names.map((name) => [name, upload(name === 'average' ? start : (from?.state?.[name] ?? new Float32Array(count)))]),
  );
  let gradient: TensorHandle | null = null;
  let norm: Schedule | null = null;

  const dropGradient = () => {
    if (gradient !== null) engine.dispose(gradient);
    gradient = null;
  };

  return {
    get evaluated() {
      return state.average ?? weights;
    },

    computeLoss: async (batch) => {
      dropGradient();
      const image = engine.upload(batch.image, [...batch.shape, batch.image.length / batch.label.length]);
      const label = engine.upload(batch.label, batch.shape);
      const outputs = engine.execute(program.step, { weights, image, label });
      engine.dispose(image, label);
      gradient = output(outputs, 'gradient');
      return takeScalar(engine, output(outputs, 'loss'));
    },

    gradientNorm: async () => {
      if (gradient === null) throw new Error('gradientNorm comes after computeLoss');
      norm ??= normSchedule(count);
      return takeScalar(engine, output(engine.execute(norm, { gradient }), 'gradientNorm'));
    },

    update: async (learningRate, step) => {
      if (gradient === null) throw new Error('update comes after computeLoss');
      const scalars = Object.fromEntries(
        Object.entries(updateScalars(optimizer, learningRate, step)).map(([name, value]) => [
          name,
          engine.upload(Float32Array.of(value), []),
        ]),
      );
      const outputs = engine.execute(program.update, { weights, ...state, gradient, ...scalars });
      engine.dispose(...Object.values(scalars));
      weights = output(outputs, 'weights');
      state = Object.fromEntries(names.map((name) => [name, output(outputs, name)]));
      const gradientNorm = await takeScalar(engine, output(outputs, 'gradientNorm'));
      if (Number.isFinite(gradientNorm)) dropGradient();
      return gradientNorm;
    },

    notFinite: async (vector) => {
      const tensor = vector === 'weights' ? weights : gradient;
      if (tensor === null) return null;
      return findNotFinite(
        program.weights,
        await downloadFloats(engine, tensor),
        vector === 'weights' ? 'input' : 'output',
      );
    },

    vectors: async () => {
      const { average, ...own } = state;
      const beside = average === undefined ? own : { ...own, trained: weights };
      return {
        weights: await downloadFloats(engine, average ?? weights),
        state: await downloadAll(engine, beside),
      };
    },

    close: () => {
      dropGradient();
      engine.dispose(weights, ...Object.values(state));
    },
  };
}

export function output(outputs: Readonly<Record<string, TensorHandle>>, name: string): TensorHandle {
  const tensor = outputs[name];
  if (tensor === undefined) throw new Error(`the schedule has no output ${name}`);
  return tensor;
}

/** A copy of a tensor's values, which stays valid whatever becomes of the tensor. */
export async function downloadFloats(engine: Engine, tensor: TensorHandle): Promise<Float32Array> {
  return Float32Array.from(await engine.download(tensor));
}

async function downloadAll(engine: Engine, tensors: Tensors): Promise<Readonly<Record<string, Float32Array>>> {
  const vectors: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(tensors)) vectors[name] = await downloadFloats(engine, tensor);
  return vectors;
}

async function takeScalar(engine: Engine, tensor: TensorHandle): Promise<number> {
  const [value = Number.NaN] = await engine.download(tensor);
  engine.dispose(tensor);
  return value;
}
