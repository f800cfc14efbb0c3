import type { ElementType } from './element-types.ts';
import {
  type InertObject,
  type PickledStorage,
  type PickledTensor,
  PickleError,
  type PickleGlobal,
  type PickleValue,
} from './pickle-values.ts';

/** The allow-list: every class and function that a PyTorch file may name, and what it does here. */

const STORAGE_TYPES: Readonly<Record<string, ElementType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

const CALLS: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': ([data = null]) => data,
  'torch._utils._rebuild_parameter_with_state': ([data = null]) => data,
  'torch.Size': ([sizes = null]) => sizes,
  'collections.OrderedDict': newDictionary,
  'collections.defaultdict': () => new Map(),
};

/** What stands beside the weights in checkpoints of Lightning, nnU-Net and MONAI. They become objects that do nothing. */
const INERT: ReadonlySet<string> = new Set([
  'torch.device',
  ...['float64', 'float32', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'].map(
    (name) => `torch.${name}`,
  ),
  'numpy.dtype',
  'numpy.ndarray',
  ...['numpy.core', 'numpy._core'].flatMap((core) => [`${core}.multiarray.scalar`, `${core}.multiarray._reconstruct`]),
  '_codecs.encode',
  'argparse.Namespace',
  'collections.Counter',
  'pathlib.PosixPath',
  'pathlib.WindowsPath',
  ...['builtins', '__builtin__'].flatMap((module) =>
    ['set', 'frozenset', 'list', 'dict', 'tuple', 'int', 'float', 'bool', 'str', 'complex', 'bytearray', 'slice'].map(
      (name) => `${module}.${name}`,
    ),
  ),
]);

/** @throws {PickleError} for a name that is not on the list */
export function torchGlobal(module: string, name: string): PickleGlobal {
  const path = `${module}.${name}`;
  const storageType = own(STORAGE_TYPES, path);
  const call = own(CALLS, path);
  if (storageType === undefined && call === undefined && !INERT.has(path))
    throw new PickleError(`it holds \`${path}\`, which is not one of the classes that weights are made of`);
  return { kind: 'global', name: path, call: call ?? (() => inert(path)), storageType: storageType ?? null };
}

/** `('storage', <class>, '<key>', 'cpu', <elements>)` */
export function torchStorage(id: PickleValue): PickledStorage {
  const [tag, type, key, , elements] = Array.isArray(id) ? id : [];
  const dtype = typeof type === 'object' && type !== null && 'storageType' in type ? type.storageType : null;
  if (tag !== 'storage' || dtype === null || typeof key !== 'string' || !isCount(elements))
    throw new PickleError('a storage is not described as torch.save does');
  return { kind: 'storage', dtype, key, elements };
}

/** `(storage, offset, size, stride, requires_grad, backward_hooks)` */
function rebuildTensor([storage, offset, shape, strides]: readonly PickleValue[]): PickledTensor {
  if (!isStorage(storage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides))
    throw new PickleError('a tensor is not described as torch.save does');
  if (shape.length !== strides.length) throw new PickleError('a tensor has another number of strides than of axes');
  const last = shape.reduce((at, size, axis) => at + (size - 1) * (strides[axis] ?? 0), offset);
  if (!shape.includes(0) && last >= storage.elements)
    throw new PickleError(`a tensor of [${shape.join(', ')}] reaches beyond its ${storage.elements} elements`);
  return { kind: 'tensor', storage, offset, shape, strides };
}

function newDictionary([items]: readonly PickleValue[]): Map<PickleValue, PickleValue> {
  const pairs = Array.isArray(items) ? items : [];
  return new Map(
    pairs.map((pair): [PickleValue, PickleValue] => {
      if (!Array.isArray(pair) || pair.length !== 2) throw new PickleError('a dictionary is not made of pairs');
      return [pair[0] ?? null, pair[1] ?? null];
    }),
  );
}

function inert(name: string): InertObject {
  return { kind: 'inert', name };
}

function isStorage(value: PickleValue | undefined): value is PickledStorage {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'storage';
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

const MAX_AXES = 64; // torch's own limit

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= MAX_AXES && value.every(isCount);
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
