import { attr } from '../../native/binding.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeKernel, withTemporaries } from './kernel.ts';

/** TensorFlow's ResourceHandle::ANONYMOUS_NAME: each variable is new, and reachable through its handle alone. */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/**
 * AdamW with TensorFlow's fused ResourceApplyAdam, in place: 15.7 million weights in one sweep.
 *
 * TensorFlow computes w −= α·m / (√v + ε'). With α = lr·√c₂/c₁ and ε' = ε·√c₂ that is torch's
 * w −= lr/c₁ · m / (√v/√c₂ + ε). The decay w ·= 1 − lr·λ comes first, as in torch.
 *
 * Each state goes into a resource variable which then is its only owner, so that TensorFlow updates it where it stands.
 */
const adamw: NativeKernel<'adamw'> = (site, tf) => {
  const { beta1, beta2, epsilon, weightDecay } = site.attributes;
  const { shape } = at(site.inputs, 0);
  const dtype = attr.dtype('dtype', 'float32');
  const variableAttributes = [
    attr.string('container', ''),
    dtype,
    attr.shape('shape', shape),
    attr.string('shared_name', ANONYMOUS),
  ];
  const applyAttributes = [FLOAT, attr.bool('use_locking', false), attr.bool('use_nesterov', false)];
  const destroyAttributes = [attr.bool('ignore_lookup_error', false)];
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
      const variables = [start, m, v].map((state) => {
        const variable = keep(tf.run('VarHandleOp', variableAttributes, []));
        tf.run0('AssignVariableOp', [dtype], [variable, state]);
        tf.free(state);
        return variable;
      });
      tf.run0('ResourceApplyAdam', applyAttributes, [...variables, zero, zero, rate, b1, b2, scaledEpsilon, gradient]);
      return variables.map((variable) => {
        const state = tf.run('ReadVariableOp', [dtype], [variable]);
        tf.run0('DestroyResourceOp', destroyAttributes, [variable]);
        return state;
      });
    });
};

export const optimizers = { adamw };
