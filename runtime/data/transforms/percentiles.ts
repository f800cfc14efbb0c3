/**
 * Percentiles by radix selection: two passes over the volume instead of sorting it, with the very numbers of a sort. The bits
 * of a float32, sign turned, order as the numbers do; the upper half finds a bin, the lower half the number in it.
 */

const HALF = 0x10000;

/** Float32 bits → an unsigned integer of the same order. */
function orderKey(bits: number): number {
  return bits < 0 ? ~bits >>> 0 : (bits | 0x80000000) >>> 0;
}

function valueOfKey(key: number): number {
  const bits = Uint32Array.of(key >= 0x80000000 ? key & 0x7fffffff : ~key);
  return new Float32Array(bits.buffer)[0] ?? 0;
}

/** The bin that holds the rank-th of all counted, and how many of its own come before it. */
function binOf(counts: Uint32Array, rank: number): { readonly bin: number; readonly before: number } {
  let left = rank;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] ?? 0;
    if (left < count) return { bin, before: left };
    left -= count;
  }
  return { bin: counts.length - 1, before: 0 };
}

/** The numbers that stand at the given places of the sorted image. */
function orderStatistics(image: Float32Array, places: readonly number[]): number[] {
  const bits = new Int32Array(image.buffer, image.byteOffset, image.length);
  const upper = new Uint32Array(HALF);
  for (let i = 0; i < bits.length; i++) {
    const bin = orderKey(bits[i] ?? 0) >>> 16;
    upper[bin] = (upper[bin] ?? 0) + 1;
  }
  const found = places.map((place) => binOf(upper, place));
  const bins = [...new Set(found.map(({ bin }) => bin))];
  const slotOf = new Int8Array(HALF).fill(-1);
  bins.forEach((bin, slot) => {
    slotOf[bin] = slot;
  });
  const lower = bins.map(() => new Uint32Array(HALF));
  for (let i = 0; i < bits.length; i++) {
    const key = orderKey(bits[i] ?? 0);
    const counts = lower[slotOf[key >>> 16] ?? -1];
    if (counts !== undefined) counts[key & 0xffff] = (counts[key & 0xffff] ?? 0) + 1;
  }
  return found.map(({ bin, before }) => {
    const within = binOf(lower[bins.indexOf(bin)] ?? upper, before).bin;
    return valueOfKey(bin * HALF + within);
  });
}

/**
 * Percentiles with linear interpolation between ranks.
 *
 * @param image finite numbers only, at least one @param ranks from 0 to 100; at most 60 of them
 * @see numpy.percentile
 */
export function percentiles(image: Float32Array, ranks: readonly number[]): number[] {
  const positions = ranks.map((rank) => ((image.length - 1) * rank) / 100);
  const places = positions.flatMap((position) => [Math.floor(position), Math.ceil(position)]);
  const values = orderStatistics(image, places);
  return positions.map((position, i) => {
    const [a, b] = [values[2 * i] ?? 0, values[2 * i + 1] ?? 0];
    return a + (b - a) * (position - Math.floor(position));
  });
}
