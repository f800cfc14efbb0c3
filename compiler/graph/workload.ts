import { nodeCost } from './costs.ts';
import { type TrainingProgram, type TrainingSettings, trainingProgram } from './programs.ts';
import type { Graph, GraphNode, OpName } from './types.ts';

/**
 * What a training step asks of a device, split by what limits it: arithmetic where products reuse what they read, memory
 * bandwidth where each value is touched once or twice, and a fixed cost for every op that is started.
 */

type OpClass = 'convolution' | 'product' | 'normalisation' | 'softmax' | 'elementwise' | 'movement';

/** What each op is limited by. Reductions and the optimizer's updates stream their inputs as elementwise ops do. */
const CLASS_OF: Readonly<Record<OpName, OpClass>> = {
  add: 'elementwise',
  sub: 'elementwise',
  mul: 'elementwise',
  div: 'elementwise',
  maximum: 'elementwise',
  minimum: 'elementwise',
  neg: 'elementwise',
  sqrt: 'elementwise',
  square: 'elementwise',
  exp: 'elementwise',
  log: 'elementwise',
  relu: 'elementwise',
  leakyRelu: 'elementwise',
  cast: 'elementwise',
  prelu: 'elementwise',
  softplus: 'elementwise',
  gelu: 'elementwise',
  reluGrad: 'elementwise',
  leakyReluGrad: 'elementwise',
  geluGrad: 'elementwise',
  softplusGrad: 'elementwise',
  preluGrad: 'elementwise',
  sum: 'elementwise',
  mean: 'elementwise',
  argMax: 'elementwise',
  reshape: 'movement',
  transpose: 'movement',
  slice: 'movement',
  split: 'movement',
  concat: 'movement',
  pad: 'movement',
  roll: 'movement',
  broadcastTo: 'movement',
  gather: 'movement',
  segmentSum: 'movement',
  oneHot: 'movement',
  matMul: 'product',
  conv3d: 'convolution',
  conv3dGradInput: 'convolution',
  conv3dGradFilter: 'convolution',
  softmax: 'softmax',
  softmaxGrad: 'softmax',
  logSoftmax: 'softmax',
  logSoftmaxGrad: 'softmax',
  instanceNorm: 'normalisation',
  instanceNormGrad: 'normalisation',
  groupNorm: 'normalisation',
  groupNormGrad: 'normalisation',
  layerNorm: 'normalisation',
  layerNormGrad: 'normalisation',
  adamw: 'elementwise',
  sgd: 'elementwise',
  movingAverage: 'elementwise',
};

/**
 * The amounts that time depends on: floating-point operations, bytes read and written, and ops started. Convolutions in bfloat16
 * have their own, as devices do them at another speed.
 */
export const WORKLOAD_TERMS = [
  'convolutionFlops',
  'bfloat16Flops',
  'convolutionBytes',
  'productFlops',
  'productBytes',
  'normalisationBytes',
  'softmaxBytes',
  'elementwiseBytes',
  'movementBytes',
  'dispatches',
] as const;

export type WorkloadTerm = (typeof WORKLOAD_TERMS)[number];
export type Workload = Readonly<Record<WorkloadTerm, number>>;

/** Steps with one key compute the same. */
export function stepKeyOf(workload: Workload): string {
  return WORKLOAD_TERMS.map((term) => workload[term]).join();
}

const TERMS_OF: Readonly<Record<OpClass, { readonly flops: WorkloadTerm | null; readonly bytes: WorkloadTerm }>> = {
  convolution: { flops: 'convolutionFlops', bytes: 'convolutionBytes' },
  product: { flops: 'productFlops', bytes: 'productBytes' },
  normalisation: { flops: null, bytes: 'normalisationBytes' },
  softmax: { flops: null, bytes: 'softmaxBytes' },
  elementwise: { flops: null, bytes: 'elementwiseBytes' },
  movement: { flops: null, bytes: 'movementBytes' },
};

function termsOf({ values }: Graph, { op, inputs: [first] }: GraphNode): (typeof TERMS_OF)[OpClass] {
  const terms = TERMS_OF[CLASS_OF[op]];
  const narrow = first !== undefined && values[first]?.dtype === 'bfloat16';
  return narrow && terms.flops === 'convolutionFlops' ? { ...terms, flops: 'bfloat16Flops' } : terms;
}

/** Of a whole training step: forward, backward and the optimizer's update. */
export function trainingWorkload(program: Pick<TrainingProgram, 'step' | 'update'>): Workload {
  return trainingWork(program).workload;
}

interface StepWork {
  /** Of all ops, whatever limits them. */
  readonly flops: number;
  readonly workload: Workload;
}

/** Both in one pass over the graphs, which `exp check` waits for. */
export function trainingWork({ step, update }: Pick<TrainingProgram, 'step' | 'update'>): StepWork {
  return graphWork(step.graph, update.graph);
}

/** The same from the settings alone. Builds the graph, which takes a good part of a second for large networks. */
export function workloadOfSettings(settings: TrainingSettings): Workload {
  return trainingWorkload(trainingProgram(settings));
}

function graphWork(...graphs: readonly Graph[]): StepWork {
  let allFlops = 0;
  const total: Record<WorkloadTerm, number> = {
    convolutionFlops: 0,
    bfloat16Flops: 0,
    convolutionBytes: 0,
    productFlops: 0,
    productBytes: 0,
    normalisationBytes: 0,
    softmaxBytes: 0,
    elementwiseBytes: 0,
    movementBytes: 0,
    dispatches: 0,
  };
  for (const graph of graphs) {
    for (const node of graph.nodes) {
      const { flops, bytes } = nodeCost(graph, node);
      allFlops += flops;
      const terms = termsOf(graph, node);
      if (terms.flops !== null) total[terms.flops] += flops;
      total[terms.bytes] += bytes;
      total.dispatches++;
    }
  }
  return { flops: allFlops, workload: total };
}
