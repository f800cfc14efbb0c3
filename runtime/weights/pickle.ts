import { PickleError, type PickleGlobal, type PickleValue } from './pickle-values.ts';

/**
 * A machine for Python's pickles, protocols 2 to 5, as far as torch.save uses them. It builds plain values and asks `host`
 * for everything else, so that no pickle can make it run anything. It does not recurse, and every opcode adds at most one
 * value, so that time and memory are bounded by the limits below.
 *
 * @see CPython Lib/pickletools.py
 */

export interface PickleHost {
  /** @throws {PickleError} for a name that is not on the allow-list */
  readonly global: (module: string, name: string) => PickleGlobal;
  /** What a persistent id stands for: torch's storages. */
  readonly persistent: (id: PickleValue) => PickleValue;
}

/** A tensor takes some 25 opcodes: this is a checkpoint of tens of thousands of tensors. */
const MAX_OPERATIONS = 2_000_000;
const MAX_MEMO = 1_000_000;
const MAX_PROTOCOL = 5;
const MAX_NAME_BYTES = 1024;
/** Bytes of one whole number. */
const MAX_LONG_BYTES = 64;

/** @throws {PickleError} for whatever is not a pickle of plain values and what the host allows */
export function unpickle(bytes: Uint8Array, host: PickleHost): PickleValue {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const memo = new Map<number, PickleValue>();
  /** Stacks below the last MARK, which is where `stack` begins. */
  const below: PickleValue[][] = [];
  let stack: PickleValue[] = [];
  let at = 0;

  function take(length: number): Buffer {
    if (length > input.length - at) throw new PickleError('the pickle ends too early');
    at += length;
    return input.subarray(at - length, at);
  }
  function takeLength(): number {
    const length = take(8).readBigUInt64LE();
    if (length > input.length) throw new PickleError('the pickle ends too early');
    return Number(length);
  }
  function takeLine(): string {
    const end = input.indexOf(0x0a, at);
    if (end < 0 || end - at > MAX_NAME_BYTES) throw new PickleError('a name in the pickle has no end');
    const line = take(end - at).toString('utf8');
    at++;
    return line;
  }
  function takeLong(length: number): number | bigint {
    if (length > MAX_LONG_BYTES) throw new PickleError(`a whole number of ${length} bytes`);
    const digits = [...take(length)].reverse().reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
    const value = BigInt.asIntN(8 * length, digits);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  function pop(): PickleValue {
    const value = stack.pop();
    if (value === undefined) throw new PickleError('an opcode finds nothing on the stack');
    return value;
  }
  function top(): PickleValue {
    const value = stack.at(-1);
    if (value === undefined) throw new PickleError('an opcode finds nothing on the stack');
    return value;
  }
  function popToMark(): PickleValue[] {
    const items = stack;
    const outer = below.pop();
    if (outer === undefined) throw new PickleError('an opcode finds no mark on the stack');
    stack = outer;
    return items;
  }
  function tuple(length: number): void {
    if (stack.length < length) throw new PickleError('an opcode finds nothing on the stack');
    stack.push(stack.splice(stack.length - length));
  }
  function remember(index: number): void {
    if (memo.size >= MAX_MEMO) throw new PickleError(`more than ${MAX_MEMO} values are remembered`);
    memo.set(index, top());
  }
  function recall(index: number): void {
    const value = memo.get(index);
    if (value === undefined) throw new PickleError(`value ${index} was never remembered`);
    stack.push(value);
  }
  function call(): void {
    const args = pop();
    const callable = pop();
    if (!isGlobal(callable) || !Array.isArray(args)) throw new PickleError('something is called that is no class');
    stack.push(callable.call(args));
  }
  function pushGlobal(module: string, name: string): void {
    stack.push(host.global(module, name));
  }

  const operations: Readonly<Record<number, () => void>> = {
    [code('\x80')]: () => {
      const protocol = take(1).readUInt8();
      if (protocol > MAX_PROTOCOL) throw new PickleError(`pickle protocol ${protocol} is not known`);
    },
    [code('\x95')]: () => void take(8), // FRAME
    [code('(')]: () => {
      below.push(stack);
      stack = [];
    },
    [code('0')]: () => void pop(),
    [code('1')]: () => void popToMark(),
    [code('N')]: () => void stack.push(null),
    [code('\x88')]: () => void stack.push(true),
    [code('\x89')]: () => void stack.push(false),
    [code('J')]: () => void stack.push(take(4).readInt32LE()),
    [code('K')]: () => void stack.push(take(1).readUInt8()),
    [code('M')]: () => void stack.push(take(2).readUInt16LE()),
    [code('\x8a')]: () => void stack.push(takeLong(take(1).readUInt8())),
    [code('\x8b')]: () => void stack.push(takeLong(take(4).readUInt32LE())),
    [code('G')]: () => void stack.push(take(8).readDoubleBE()),
    [code('X')]: () => void stack.push(take(take(4).readUInt32LE()).toString('utf8')),
    [code('\x8c')]: () => void stack.push(take(take(1).readUInt8()).toString('utf8')),
    [code('\x8d')]: () => void stack.push(take(takeLength()).toString('utf8')),
    [code('T')]: () => void stack.push(take(take(4).readUInt32LE()).toString('latin1')),
    [code('U')]: () => void stack.push(take(take(1).readUInt8()).toString('latin1')),
    [code('B')]: () => void stack.push(take(take(4).readUInt32LE())),
    [code('C')]: () => void stack.push(take(take(1).readUInt8())),
    [code('\x8e')]: () => void stack.push(take(takeLength())),
    [code(')')]: () => void stack.push([]),
    [code(']')]: () => void stack.push([]),
    [code('}')]: () => void stack.push(new Map()),
    [code('\x8f')]: () => void stack.push(new Set()),
    [code('t')]: () => {
      const items = popToMark();
      stack.push(items);
    },
    [code('\x85')]: () => tuple(1),
    [code('\x86')]: () => tuple(2),
    [code('\x87')]: () => tuple(3),
    [code('\x91')]: () => {
      const items = new Set(popToMark());
      stack.push(items);
    },
    [code('a')]: () => {
      const item = pop();
      extend(top(), [item]);
    },
    [code('e')]: () => {
      const items = popToMark();
      extend(top(), items);
    },
    [code('\x90')]: () => {
      const items = popToMark();
      extend(top(), items);
    },
    [code('s')]: () => {
      const value = pop();
      const key = pop();
      setItems(top(), [key, value]);
    },
    [code('u')]: () => {
      const items = popToMark();
      setItems(top(), items);
    },
    [code('q')]: () => remember(take(1).readUInt8()),
    [code('r')]: () => remember(take(4).readUInt32LE()),
    [code('\x94')]: () => remember(memo.size),
    [code('h')]: () => recall(take(1).readUInt8()),
    [code('j')]: () => recall(take(4).readUInt32LE()),
    [code('c')]: () => {
      const module = takeLine();
      pushGlobal(module, takeLine());
    },
    [code('\x93')]: () => {
      const name = pop();
      const module = pop();
      if (typeof module !== 'string' || typeof name !== 'string') throw new PickleError('a class without a name');
      pushGlobal(module, name);
    },
    [code('R')]: call,
    [code('\x81')]: call, // NEWOBJ
    [code('b')]: () => void pop(), // BUILD: attributes, of which none is of use
    [code('Q')]: () => void stack.push(host.persistent(pop())),
  };

  for (let count = 0; count < MAX_OPERATIONS; count++) {
    const opcode = take(1).readUInt8();
    if (opcode === STOP) return pop();
    const operation = operations[opcode];
    if (operation === undefined) throw new PickleError(`torch.save does not use the opcode 0x${opcode.toString(16)}`);
    operation();
  }
  throw new PickleError(`it has more than ${MAX_OPERATIONS} opcodes`);
}

const STOP = code('.');

function code(character: string): number {
  return character.charCodeAt(0);
}

function isGlobal(value: PickleValue): value is PickleGlobal {
  return isObject(value) && value.kind === 'global';
}

function isObject(value: PickleValue): value is Extract<PickleValue, { kind: string }> {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function extend(target: PickleValue, items: readonly PickleValue[]): void {
  if (Array.isArray(target)) for (const item of items) target.push(item);
  else if (target instanceof Set) for (const item of items) target.add(item);
  else if (!isObject(target) || target.kind !== 'inert') throw new PickleError('items are added to what is no list');
}

/** @param items keys and values in turn */
function setItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (items.length % 2 !== 0) throw new PickleError('a key without a value');
  if (target instanceof Map) {
    for (let i = 0; i < items.length; i += 2) target.set(items[i] ?? null, items[i + 1] ?? null);
  } else if (!isObject(target) || target.kind !== 'inert')
    throw new PickleError('a key is set in what is no dictionary');
}
