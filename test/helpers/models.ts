import type { TrainingSettings } from '../../compiler/graph/programs.ts';
import type { PlanLoss, PlanModel, PlanOptimizer } from '../../compiler/plan/schema.ts';

/** Networks, losses and optimizers with MONAI's and torch's defaults, for tests to vary. */

type ModelOf<N extends PlanModel['name']> = Extract<PlanModel, { name: N }>;
type Triple = [number, number, number];

const channels = { inChannels: 1, outChannels: 2 } as const;
export const TWO: Triple = [2, 2, 2];
export const THREE: Triple = [3, 3, 3];
const ONE: Triple = [1, 1, 1];

export const SEGRESNET: ModelOf<'SegResNet'> = {
  name: 'SegResNet',
  ...channels,
  initFilters: 8,
  blocksDown: [1, 2, 2, 4],
  blocksUp: [1, 1, 1],
  normGroups: 8,
  upsampleMode: 'nontrainable',
};

export const SWIN_UNETR: ModelOf<'SwinUNETR'> = {
  name: 'SwinUNETR',
  ...channels,
  featureSize: 24,
  depths: [2, 2, 2, 2],
  numHeads: [3, 6, 12, 24],
  windowSize: 7,
  normalize: true,
  patchNorm: false,
  useV2: false,
};

export const UNET: ModelOf<'UNet'> = {
  name: 'UNet',
  ...channels,
  channels: [4, 8, 16],
  strides: [TWO, TWO],
  kernelSize: THREE,
  upKernelSize: THREE,
  numResUnits: 0,
  act: 'prelu',
  bias: true,
  adnOrdering: 'NDA',
};

export const DYNUNET: ModelOf<'DynUNet'> = {
  name: 'DynUNet',
  ...channels,
  filters: [4, 8, 16, 24],
  kernelSize: [THREE, THREE, THREE, THREE],
  strides: [ONE, TWO, TWO, TWO],
  resBlock: false,
  deepSupervision: false,
  deepSuprNum: 1,
  transBias: false,
};

const dice = {
  includeBackground: false,
  batch: false,
  smoothNr: 1e-5,
  smoothDr: 1e-5,
  squaredPred: false,
  jaccard: false,
} as const;

export const DICE_CE: Extract<PlanLoss, { kind: 'dice_cross_entropy' }> = {
  kind: 'dice_cross_entropy',
  ...dice,
  diceWeight: 1,
  crossEntropyWeight: 1,
};

export const ADAMW: Extract<PlanOptimizer, { kind: 'adamw' }> = {
  kind: 'adamw',
  learningRate: 1e-3,
  weightDecay: 1e-2,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  gradientClip: null,
  ema: null,
};

export const SGD: Extract<PlanOptimizer, { kind: 'sgd' }> = {
  kind: 'sgd',
  learningRate: 1e-2,
  weightDecay: 3e-5,
  momentum: 0.9,
  nesterov: true,
  gradientClip: null,
  ema: null,
};

/** One sample, DiceCE, AdamW, float32, every activation kept. */
export function trainingSettings(
  model: PlanModel,
  patch: TrainingSettings['patch'],
  options: Partial<TrainingSettings> = {},
): TrainingSettings {
  return {
    model,
    patch,
    batchSize: 1,
    loss: DICE_CE,
    optimizer: ADAMW,
    activationLimitBytes: null,
    precision: 'float32',
    ...options,
  };
}
