import type { ElementType } from './element-types.ts';

/** What a pickle of tensors can hold. Lists and tuples are both arrays, dictionaries are maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleGlobal
  | PickledStorage
  | PickledTensor
  | InertObject;

/** A class or function by name. Calling it does what our own table says, never what Python's would. */
export interface PickleGlobal {
  readonly kind: 'global';
  /** `collections.OrderedDict` */
  readonly name: string;
  readonly call: (args: readonly PickleValue[]) => PickleValue;
  /** Of torch's storage classes. */
  readonly storageType: ElementType | null;
}

export interface PickledStorage {
  readonly kind: 'storage';
  readonly dtype: ElementType;
  /** The archive's `data/<key>` holds its bytes. */
  readonly key: string;
  readonly elements: number;
}

export interface PickledTensor {
  readonly kind: 'tensor';
  readonly storage: PickledStorage;
  /** In elements of the storage. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Something that checkpoints carry beside tensors (a device, a NumPy number), of which nothing is kept but its class. */
export interface InertObject {
  readonly kind: 'inert';
  readonly name: string;
}

/** The pickle does not follow the format, or asks for what is not allowed. */
export class PickleError extends Error {}
