/** A zip archive of stored (not compressed) records, as torch.save writes and everything reads. */

export interface ZipRecord {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** 1 January 1980: the same weights give the same bytes. */
const DATE = 0x21;
const MAX_BYTES = 0xffffffff;
const MAX_RECORDS = 0xffff;

/**
 * @returns the archive as pieces to be written one after another; records are not copied
 * @throws {RangeError} beyond four gigabytes or 65,535 records, which would need zip64
 */
export function zipArchive(records: readonly ZipRecord[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of records) {
    const encoded = Buffer.from(name);
    const facts = recordFacts(encoded, bytes);
    directory.push(centralHeader(facts, offset), encoded);
    pieces.push(localHeader(facts), encoded, bytes);
    offset += 30 + encoded.length + bytes.length;
  }
  const directoryBytes = directory.reduce((total, piece) => total + piece.length, 0);
  if (offset + directoryBytes > MAX_BYTES || records.length > MAX_RECORDS)
    throw new RangeError('an archive of more than four gigabytes');
  return [...pieces, ...directory, endOfDirectory(records.length, directoryBytes, offset)];
}

/** Version, flags, method, time, date, checksum, both sizes and the name's length, which both headers hold. */
function recordFacts(name: Buffer, bytes: Uint8Array): Buffer {
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(VERSION, 0);
  facts.writeUInt16LE(DATE, 8);
  facts.writeUInt32LE(crc32(bytes), 10);
  facts.writeUInt32LE(bytes.length, 14);
  facts.writeUInt32LE(bytes.length, 18);
  facts.writeUInt16LE(name.length, 22);
  return facts;
}

function localHeader(facts: Buffer): Buffer {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(LOCAL_HEADER);
  return Buffer.concat([signature, facts]);
}

function centralHeader(facts: Buffer, offset: number): Buffer {
  const start = Buffer.alloc(6);
  start.writeUInt32LE(CENTRAL_HEADER);
  start.writeUInt16LE(VERSION, 4);
  const end = Buffer.alloc(14);
  end.writeUInt32LE(offset, 10);
  return Buffer.concat([start, facts, end]);
}

function endOfDirectory(records: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END);
  end.writeUInt16LE(records, 8);
  end.writeUInt16LE(records, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** Node's own zlib.crc32 came with 20.15. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
