import type { Shape } from '../../../../compiler/graph/types.ts';
import { attr, type TensorId } from '../../native/binding.ts';
import type { TensorFlowOps } from '../../native/operations.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeKernel, withTemporaries } from './kernel.ts';

/** TensorFlow's ResourceHandle::ANONYMOUS_NAME: each variable is new, and reachable through its handle alone. */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

const NO_LOCKING = attr.bool('use_locking', false);

/**
 * TensorFlow's fused updates, in place: millions of weights in one sweep. Each vector goes into a resource variable which
 * then is its only owner, so that TensorFlow updates it where it stands.
 *
 * @returns runs `apply` on variables that take the vectors over, and gives the vectors back
 */
function inPlace(shape: Shape, tf: TensorFlowOps) {
  const dtype = attr.dtype('dtype', 'float32');
  const variableAttributes = [
    attr.string('container', ''),
    dtype,
    attr.shape('shape', shape),
    attr.string('shared_name', ANONYMOUS),
  ];
  const destroyAttributes = [attr.bool('ignore_lookup_error', false)];
  return (vectors: readonly TensorId[], apply: (variables: readonly TensorId[]) => void): TensorId[] =>
    withTemporaries(tf, (keep) => {
      const variables = vectors.map((vector) => {
        const variable = keep(tf.run('VarHandleOp', variableAttributes, []));
        tf.run0('AssignVariableOp', [dtype], [variable, vector]);
        tf.free(vector);
        return variable;
      });
      apply(variables);
      return variables.map((variable) => {
        const vector = tf.run('ReadVariableOp', [dtype], [variable]);
        tf.run0('DestroyResourceOp', destroyAttributes, [variable]);
        return vector;
      });
    });
}

/**
 * AdamW with ResourceApplyAdam, which computes w −= α·m / (√v + ε'). With α = lr·√c₂/c₁ and ε' = ε·√c₂ that is torch's
 * w −= lr/c₁ · m / (√v/√c₂ + ε). The decay w ·= 1 − lr·λ comes first, as in torch.
 */
const adamw: NativeKernel<'adamw'> = (site, tf) => {
  const { beta1, beta2, epsilon, weightDecay } = site.attributes;
  const update = inPlace(at(site.inputs, 0).shape, tf);
  const attributes = [FLOAT, NO_LOCKING, attr.bool('use_nesterov', false)];
  const [zero, one] = [tf.scalar(0), tf.scalar(1)];
  const [b1, b2, eps, decay] = [tf.scalar(beta1), tf.scalar(beta2), tf.scalar(epsilon), tf.scalar(weightDecay)];

  return ([weights = -1, m = -1, v = -1, gradient = -1, learningRate = -1, correction1 = -1, correction2 = -1]) =>
    withTemporaries(tf, (keep) => {
      const root = keep(tf.run('Sqrt', [FLOAT], [correction2]));
      const scaledRate = keep(tf.run('Mul', [FLOAT], [learningRate, root]));
      const rate = keep(tf.run('Div', [FLOAT], [scaledRate, correction1]));
      const scaledEpsilon = keep(tf.run('Mul', [FLOAT], [eps, root]));
      const loss = keep(tf.run('Mul', [FLOAT], [learningRate, decay]));
      const remaining = keep(tf.run('Sub', [FLOAT], [one, loss]));

      let start = weights;
      if (weightDecay !== 0) {
        start = tf.run('Mul', [FLOAT], [weights, remaining]);
        tf.free(weights);
      }
      return update([start, m, v], (variables) => {
        tf.run0('ResourceApplyAdam', attributes, [...variables, zero, zero, rate, b1, b2, scaledEpsilon, gradient]);
      });
    });
};

/** ResourceApplyMomentum is torch's SGD: b ← μ·b + g, then w −= lr·b, or with Nesterov's momentum w −= lr·(g + μ·b). */
const sgd: NativeKernel<'sgd'> = (site, tf) => {
  const { momentum, nesterov } = site.attributes;
  const update = inPlace(at(site.inputs, 0).shape, tf);
  const attributes = [FLOAT, NO_LOCKING, attr.bool('use_nesterov', nesterov)];
  const factor = tf.scalar(momentum);
  return ([weights = -1, buffer = -1, gradient = -1, learningRate = -1]) =>
    update([weights, buffer], (variables) => {
      tf.run0('ResourceApplyMomentum', attributes, [...variables, learningRate, gradient, factor]);
    });
};

/** average −= (1 − decay) · (average − weights) */
const movingAverage: NativeKernel<'movingAverage'> = (site, tf) => {
  const update = inPlace(at(site.inputs, 0).shape, tf);
  const one = tf.scalar(1);
  return ([average = -1, weights = -1, decay = -1]) =>
    withTemporaries(tf, (keep) => {
      const share = keep(tf.run('Sub', [FLOAT], [one, decay]));
      const difference = keep(tf.run('Sub', [FLOAT], [average, weights]));
      return update([average], (variables) => {
        tf.run0('ResourceApplyGradientDescent', [FLOAT, NO_LOCKING], [...variables, share, difference]);
      });
    });
};

export const optimizers = { adamw, sgd, movingAverage };
