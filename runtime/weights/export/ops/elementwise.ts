import { float } from '../onnx/proto.ts';
import { FLOAT } from '../tfjs/writer.ts';
import { type Mapping, NOT_EXPORTED } from './mapping.ts';

type Plain = Mapping<
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'maximum'
  | 'minimum'
  | 'neg'
  | 'sqrt'
  | 'exp'
  | 'log'
  | 'relu'
  | 'softplus'
  | 'square'
>;

/** Ops that are one node in both, whose inputs broadcast as NumPy's. */
function same(onnx: string, tf: string): Plain {
  return {
    onnx: (w, site) => {
      const { names, define } = w.aligned(site.inputs);
      define(site.output(0), w.node(onnx, names));
    },
    tf: (w, site) =>
      w.node(
        tf,
        site.inputs.map((input) => w.value(input)),
        { T: FLOAT },
      ),
  };
}

const square: Mapping<'square'> = {
  onnx: (w, site) => {
    const { names, define } = w.aligned(site.inputs);
    define(site.output(0), w.node('Mul', [...names, ...names]));
  },
  tf: same('Mul', 'Square').tf,
};

const leakyRelu: Mapping<'leakyRelu'> = {
  onnx: (w, site) => {
    const { names, define } = w.aligned(site.inputs);
    define(site.output(0), w.node('LeakyRelu', names, { alpha: float(site.attributes.alpha) }));
  },
  tf: (w, site) => w.node('LeakyRelu', [w.value(site.input(0))], { T: FLOAT, alpha: { f: site.attributes.alpha } }),
};

/** TensorFlow's own Prelu is Keras's alone: max(x, 0) + slope · min(x, 0). */
const prelu: Mapping<'prelu'> = {
  onnx: (w, site) => {
    const { names, define } = w.aligned(site.inputs);
    define(site.output(0), w.node('PRelu', names));
  },
  tf: (w, site) => {
    const x = w.value(site.input(0));
    const negative = w.node('Minimum', [x, w.scalar(0)], { T: FLOAT });
    const scaled = w.node('Mul', [negative, w.value(site.input(1))], { T: FLOAT });
    return w.node('AddV2', [w.node('Relu', [x], { T: FLOAT }), scaled], { T: FLOAT });
  },
};

/** x/2 · (1 + erf(x/√2)) */
const gelu: Mapping<'gelu'> = {
  onnx: (w, site) => {
    const { names, define } = w.aligned(site.inputs);
    const erf = w.node('Erf', [w.node('Div', [...names, w.scalar(Math.SQRT2)])]);
    const product = w.node('Mul', [...names, w.node('Add', [erf, w.scalar(1)])]);
    define(site.output(0), w.node('Mul', [product, w.scalar(0.5)]));
  },
  tf: (w, site) => {
    const x = w.value(site.input(0));
    const erf = w.node('Erf', [w.node('Mul', [x, w.scalar(Math.SQRT1_2)], { T: FLOAT })], { T: FLOAT });
    const half = w.node('Mul', [x, w.scalar(0.5)], { T: FLOAT });
    return w.node('Mul', [half, w.node('AddV2', [erf, w.scalar(1)], { T: FLOAT })], { T: FLOAT });
  },
};

export const elementwise = {
  add: same('Add', 'AddV2'),
  sub: same('Sub', 'Sub'),
  mul: same('Mul', 'Mul'),
  div: same('Div', 'RealDiv'),
  maximum: same('Max', 'Maximum'),
  minimum: same('Min', 'Minimum'),
  neg: same('Neg', 'Neg'),
  sqrt: same('Sqrt', 'Sqrt'),
  square,
  exp: same('Exp', 'Exp'),
  log: same('Log', 'Log'),
  relu: same('Relu', 'Relu'),
  leakyRelu,
  prelu,
  softplus: same('Softplus', 'Softplus'),
  gelu,
  reluGrad: NOT_EXPORTED,
  leakyReluGrad: NOT_EXPORTED,
  geluGrad: NOT_EXPORTED,
  softplusGrad: NOT_EXPORTED,
  preluGrad: NOT_EXPORTED,
} as const;
