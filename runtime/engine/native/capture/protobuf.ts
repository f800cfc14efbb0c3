/** Protocol buffers, as far as a graph needs them: a message is its fields' bytes, one after another. */

type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = new TextEncoder();

/** Wire types: how long a field's value is. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

export function message(...fields: readonly Bytes[]): Bytes {
  return Uint8Array.from(Buffer.concat(fields));
}

/** A message, string or bytes. */
export function nested(field: number, content: Uint8Array | string): Bytes {
  const bytes = typeof content === 'string' ? utf8.encode(content) : content;
  return message(varint(tag(field, LENGTH_DELIMITED)), varint(bytes.length), Uint8Array.from(bytes));
}

/** An int64, int32, enum or bool. */
export function integer(field: number, value: number): Bytes {
  return message(varint(tag(field, VARINT)), varint(value));
}

export function float(field: number, value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message(varint(tag(field, FIXED32)), bytes);
}

/** Several int64 in one field. */
export function integers(field: number, values: readonly number[]): Bytes {
  return nested(field, message(...values.map(varint)));
}

const tag = (field: number, type: number) => (field << 3) | type;

/** Seven bits a byte, the lowest first; negative numbers as their two's complement in 64 bits. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
