import type { TrainingProgram } from '../../compiler/graph/programs.ts';
import { initialWeights } from '../../compiler/graph/weights.ts';
import type { PlanOptimizer } from '../../compiler/plan/schema.ts';
import type { TrainedVectors } from '../checkpoints/checkpoint.ts';
import type { Batch } from '../data/types.ts';
import type { Engine, TensorHandle } from '../engine/types.ts';

/** Weights and optimizer state in the engine, and one step of learning. */
export interface Learner {
  /** The engine's own: not to be disposed, and gone with the next `update`. */
  readonly weights: TensorHandle;
  /**
   * Loss and gradients of a batch; they are kept for `update`.
   *
   * @returns the loss, which may be no number
   */
  computeLoss(batch: Batch): Promise<number>;
  /**
   * Applies the gradients of the last `computeLoss`.
   *
   * @param step counted from 1, for Adam's bias corrections
   * @returns the gradient's norm before clipping
   */
  update(learningRate: number, step: number): Promise<number>;
  /** Copies of weights and moments. */
  vectors(): Promise<Required<TrainedVectors>>;
  close(): void;
}

interface State {
  readonly weights: TensorHandle;
  readonly m: TensorHandle;
  readonly v: TensorHandle;
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
  const zeros = () => new Float32Array(count);
  let state: State = {
    weights: engine.upload(from?.weights ?? initialWeights(program.weights, seed), [count]),
    m: engine.upload(from?.moments?.m ?? zeros(), [count]),
    v: engine.upload(from?.moments?.v ?? zeros(), [count]),
  };
  let gradient: TensorHandle | null = null;

  const dropGradient = () => {
    if (gradient !== null) engine.dispose(gradient);
    gradient = null;
  };

  return {
    get weights() {
      return state.weights;
    },

    computeLoss: async (batch) => {
      dropGradient();
      const image = engine.upload(batch.image, [...batch.shape, 1]);
      const label = engine.upload(batch.label, batch.shape);
      const outputs = engine.execute(program.step, { weights: state.weights, image, label });
      engine.dispose(image, label);
      gradient = output(outputs, 'gradient');
      return takeScalar(engine, output(outputs, 'loss'));
    },

    update: async (learningRate, step) => {
      if (gradient === null) throw new Error('update comes after computeLoss');
      const scalars = {
        learningRate: engine.upload(Float32Array.of(learningRate), []),
        correction1: engine.upload(Float32Array.of(1 - optimizer.beta1 ** step), []),
        correction2: engine.upload(Float32Array.of(1 - optimizer.beta2 ** step), []),
      };
      const outputs = engine.execute(program.update, { ...state, gradient, ...scalars });
      engine.dispose(...Object.values(scalars));
      dropGradient();
      state = { weights: output(outputs, 'weights'), m: output(outputs, 'm'), v: output(outputs, 'v') };
      return takeScalar(engine, output(outputs, 'gradientNorm'));
    },

    vectors: async () => ({
      weights: await downloadFloats(engine, state.weights),
      moments: { m: await downloadFloats(engine, state.m), v: await downloadFloats(engine, state.v) },
    }),

    close: () => {
      dropGradient();
      engine.dispose(state.weights, state.m, state.v);
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

async function takeScalar(engine: Engine, tensor: TensorHandle): Promise<number> {
  const [value = Number.NaN] = await engine.download(tensor);
  engine.dispose(tensor);
  return value;
}
