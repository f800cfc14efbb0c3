import { type PickledTensor, PickleError, type PickleValue } from './pickle-values.ts';

/** Where checkpoints keep their weights: Lightning and MONAI, nnU-Net, everybody's own training script. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'network_weights', 'model', 'network', 'net', 'weights'];

export interface FoundStateDict {
  readonly tensors: ReadonlyMap<string, PickledTensor>;
  /** The key it was found under; null at the top. */
  readonly wrapper: string | null;
}

/** The state dict of an unpickled file: under one of the usual keys, or the whole. @throws {PickleError} without one */
export function findStateDict(root: PickleValue): FoundStateDict {
  if (!(root instanceof Map)) throw new PickleError('it holds no dictionary of tensors');
  for (const wrapper of WRAPPERS) {
    const tensors = tensorsOf(root.get(wrapper));
    if (tensors.size > 0) return { tensors, wrapper };
  }
  const tensors = tensorsOf(root);
  if (tensors.size > 0) return { tensors, wrapper: null };
  const keys = [...root.keys()].filter((key) => typeof key === 'string').slice(0, 10);
  throw new PickleError(`it holds no tensors under ${WRAPPERS.join(', ')}; its keys are ${keys.join(', ') || 'none'}`);
}

function tensorsOf(value: PickleValue | undefined): ReadonlyMap<string, PickledTensor> {
  const entries = value instanceof Map ? [...value] : [];
  return new Map(entries.filter((entry): entry is [string, PickledTensor] => isNamedTensor(entry)));
}

function isNamedTensor([name, value]: readonly [PickleValue, PickleValue]): boolean {
  return (
    typeof name === 'string' &&
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'tensor'
  );
}
