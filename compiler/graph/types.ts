/**
 * The static graph: typed values, nodes in execution order, leaves by name.
 *
 * Legend: N batch · D,H,W depth, height, width in voxels · C channels · K classes. Layout is NDHWC throughout.
 */

/** bfloat16 has float32's exponent and eight significant bits; it lives between casts only, never in inputs, constants or outputs. */
export type DType = 'float32' | 'int32' | 'bfloat16';
export type Shape = readonly number[];

export type ValueId = number & { readonly __value: unique symbol };
export type NodeId = number & { readonly __node: unique symbol };

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface Value extends TensorType {
  readonly id: ValueId;
  /** Null for leaves: inputs and constants. */
  readonly producer: NodeId | null;
}

type Triple = readonly [number, number, number];

/**
 * Every op and its attributes. What each means, its shape rule, costs and gradient stand in the op table (`ops/`); each
 * backend has one kernel for each.
 *
 * Binary ops broadcast as NumPy does. Reductions take sorted, non-negative axes.
 */
export interface OpAttributes {
  // elementwise, two inputs
  add: Record<never, never>;
  sub: Record<never, never>;
  mul: Record<never, never>;
  div: Record<never, never>;
  maximum: Record<never, never>;
  minimum: Record<never, never>;
  // elementwise, one input
  neg: Record<never, never>;
  sqrt: Record<never, never>;
  square: Record<never, never>;
  exp: Record<never, never>;
  log: Record<never, never>;
  relu: Record<never, never>;
  leakyRelu: { readonly alpha: number };
  /** (x, slope [1]) → x where x > 0, else slope · x */
  prelu: Record<never, never>;
  /** log(1 + exp(x)) */
  softplus: Record<never, never>;
  /** Exact: x/2 · (1 + erf(x / √2)), as torch's default. */
  gelu: Record<never, never>;
  /** float32 ↔ bfloat16; to the nearest, ties to even. */
  cast: { readonly to: 'float32' | 'bfloat16' };
  // their gradients: (dy, x) → dx
  reluGrad: Record<never, never>;
  leakyReluGrad: { readonly alpha: number };
  geluGrad: Record<never, never>;
  softplusGrad: Record<never, never>;
  /** (dy, x, slope [1]) → [dx, dslope [1]] */
  preluGrad: Record<never, never>;
  // reductions
  sum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  mean: { readonly axes: readonly number[]; readonly keepDims: boolean };
  /** float32 → int32 */
  argMax: { readonly axis: number };
  // shape
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  slice: { readonly begin: readonly number[]; readonly size: readonly number[] };
  /** One output per size, along one axis. */
  split: { readonly axis: number; readonly sizes: readonly number[] };
  concat: { readonly axis: number };
  /** Zeros around: one [before, after] pair per axis. */
  pad: { readonly paddings: readonly (readonly [number, number])[] };
  /** Cyclic, as numpy.roll. */
  roll: { readonly axes: readonly number[]; readonly shifts: readonly number[] };
  broadcastTo: { readonly shape: Shape };
  // indices: int32
  /** (table [R, …], indices [I]) → [I, …] */
  gather: Record<never, never>;
  /** (data [I, …], indices [I]) → [segments, …], sums of equal indices. */
  segmentSum: { readonly segments: number };
  /** int32 [...] → float32 [..., depth] */
  oneHot: { readonly depth: number };
  // linear algebra
  /** Batched over leading axes, which broadcast. */
  matMul: { readonly transposeA: boolean; readonly transposeB: boolean };
  // convolutions: all operands in float32 or all in bfloat16, which is added up in float32
  /** (x NDHWC, filter [kD,kH,kW,Cin,Cout]) → NDHWC. `same` is TensorFlow's SAME; strided torch padding is an explicit `pad` + `valid`. */
  conv3d: { readonly strides: Triple; readonly padding: 'same' | 'valid' };
  /** (dy, filter) → dx of `inputShape`. */
  conv3dGradInput: { readonly inputShape: Shape; readonly strides: Triple; readonly padding: 'same' | 'valid' };
  /** (x, dy) → dfilter of `filterShape`. */
  conv3dGradFilter: { readonly filterShape: Shape; readonly strides: Triple; readonly padding: 'same' | 'valid' };
  // softmax over the last axis
  softmax: Record<never, never>;
  /** (dy, y) → dx */
  softmaxGrad: Record<never, never>;
  logSoftmax: Record<never, never>;
  /** (dy, y) → dx */
  logSoftmaxGrad: Record<never, never>;
  // normalisations. The second and third output are statistics for the gradient op of the same backend, opaque to all else.
  /** x NDHWC → [y, statA [N,C], statB [N,C]]: per sample and channel, no parameters. */
  instanceNorm: { readonly epsilon: number };
  /** (dy, x, statA, statB) → dx */
  instanceNormGrad: { readonly epsilon: number };
  /** (x NDHWC, gamma [C], beta [C]) → [y, statA [N,C], statB [N,C]] */
  groupNorm: { readonly groups: number; readonly epsilon: number };
  /** (dy, x, gamma, statA, statB) → [dx, dgamma, dbeta] */
  groupNormGrad: { readonly groups: number; readonly epsilon: number };
  /** Over the last axis: (x [..., C], gamma [C], beta [C]) → [y, statA [rows], statB [rows]] */
  layerNorm: { readonly epsilon: number };
  /** (dy, x, gamma, statA, statB) → [dx, dgamma, dbeta] */
  layerNormGrad: { readonly epsilon: number };
  // optimizer
  /**
   * torch.optim.AdamW on flat vectors: (weights, m, v, gradient, learningRate [], correction1 [], correction2 []) →
   * [weights, m, v]. correctionI = 1 − betaI ** step. A backend may reuse the memory of the first three inputs, so the
   * caller must not use them afterwards.
   */
  adamw: { readonly beta1: number; readonly beta2: number; readonly epsilon: number; readonly weightDecay: number };
  /**
   * torch.optim.SGD on flat vectors: (weights, buffer, gradient, learningRate []) → [weights, buffer], of which a backend
   * may reuse the first two: buffer ← momentum · buffer + gradient.
   */
  sgd: { readonly momentum: number; readonly nesterov: boolean };
  /** (average, weights, decay []) → decay · average + (1 − decay) · weights; a backend may reuse the first. */
  movingAverage: Record<never, never>;
}

export type OpName = keyof OpAttributes;

export interface GraphNodeOf<O extends OpName> {
  readonly id: NodeId;
  readonly op: O;
  readonly attributes: OpAttributes[O];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** The layer that made it, by MONAI's module path (`encoder1.layer.conv1`), with `/backward` for gradients. */
  readonly scope: string;
}

export type GraphNode = { [O in OpName]: GraphNodeOf<O> }[OpName];

/** A leaf whose contents are part of the graph: a mask, an index, a scalar. */
export interface Constant {
  readonly value: ValueId;
  /** Made when it is asked for: who only wants shapes and costs never pays for a mask of millions. */
  readonly data: () => ConstantData;
}

export type ConstantData = Float32Array | Int32Array;

/** Nodes stand in execution order: each uses only earlier outputs, inputs and constants. */
export interface Graph {
  readonly values: readonly Value[];
  readonly nodes: readonly GraphNode[];
  readonly inputs: ReadonlyMap<string, ValueId>;
  readonly constants: readonly Constant[];
  readonly outputs: ReadonlyMap<string, ValueId>;
}

/** When each value dies, and what that costs in memory. */
export interface Schedule {
  readonly graph: Graph;
  /** Index of a node → the values to dispose after it ran. Inputs and outputs of the graph never stand here. */
  readonly releases: readonly (readonly ValueId[])[];
  /** Largest sum of live activations (without inputs and constants), in bytes, exact. */
  readonly activationPeakBytes: number;
}

/** How a weight is stored under MONAI's name and how the graph lays it out. */
export type WeightLayout =
  /** The same in both. */
  | 'plain'
  /** MONAI [Cout, Cin, kD, kH, kW] ↔ graph [kD, kH, kW, Cin, Cout] */
  | 'conv'
  /** MONAI [Cout, Cin, 1, 1, 1] ↔ graph [Cin, Cout], for a matMul */
  | 'pointwise'
  /** MONAI [Cin, Cout, kD, kH, kW] ↔ graph [Cin, kD·kH·kW·Cout], for a matMul */
  | 'transposed'
  /** MONAI [out, in] ↔ graph [in, out], for a matMul */
  | 'linear';

export type WeightInit =
  | { readonly kind: 'constant'; readonly value: number }
  /** N(0, std²) */
  | { readonly kind: 'normal'; readonly std: number }
  /** U(−bound, bound): torch's default for convolutions and linear layers, bound = 1 / √fan_in. */
  | { readonly kind: 'uniform'; readonly bound: number }
  /** N(0, std²) cut at ±2 (absolute), as torch's trunc_normal_. */
  | { readonly kind: 'truncatedNormal'; readonly std: number };

export interface WeightSpec {
  /** MONAI's state-dict name. */
  readonly name: string;
  readonly layout: WeightLayout;
  /** As MONAI stores it. */
  readonly storedShape: Shape;
  /** As the graph uses it. */
  readonly shape: Shape;
  readonly init: WeightInit;
  /** Where it starts in the flat weight vector, in elements. */
  readonly offset: number;
}
