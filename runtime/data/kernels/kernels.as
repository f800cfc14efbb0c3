// The loops over voxels that JavaScript engines do not vectorise: AssemblyScript, four voxels at once.
// `npm run kernels` compiles this file into kernels-wasm.ts, which voxel-kernels.ts calls. Pointers are byte offsets into the
// module's memory, counts are float32 values. Reading goes up to three values beyond an end, writing never does.

const ROUNDS: i32 = 10;

/** Stores the first `count` (at most four) of the values. */
@inline
function storeSome(at: i32, values: v128, count: i32): void {
  if (count >= 4) v128.store(at, values);
  else {
    if (count > 0) v128.store_lane<f32>(at, values, 0);
    if (count > 1) v128.store_lane<f32>(at + 4, values, 1);
    if (count > 2) v128.store_lane<f32>(at + 8, values, 2);
  }
}

/** eˣ as 2ⁿ · eʳ, |r| ≤ ln 2 / 2, by Cephes' expf polynomial: within 2 units in the last place between 1e-38 and 1e38. */
@inline
function exp4(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, f32x4.splat(87.9)), f32x4.splat(-87.3));
  // Added to 1.5 · 2²³, a number is rounded to a whole one, which then stands in the lowest bits.
  const shifted = f32x4.add(f32x4.mul(clamped, f32x4.splat(1.44269504)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000)));
}

/** ln x for x > 0 that are no subnormals, by Cephes' logf polynomial; 0 gives about −87, whose exponential is no more than 1e-38. */
@inline
function log4(x: v128): v128 {
  const positive = f32x4.pmax(x, f32x4.splat(1.17549435e-38));
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(positive, 23), i32x4.splat(126)));
  // Mantissa in [½, 1); those below √½ are doubled.
  let m = v128.or(v128.and(positive, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(small, f32x4.splat(1)));
  m = f32x4.sub(f32x4.add(m, v128.and(small, m)), f32x4.splat(1));
  const z = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.1514610310e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(1.1676998740e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.2420140846e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(1.4249322787e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.6668057665e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(2.0000714765e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-2.4999993993e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(3.3333331174e-1));
  let y = f32x4.mul(f32x4.mul(p, m), z);
  y = f32x4.add(y, f32x4.mul(e, f32x4.splat(-2.12194440e-4)));
  y = f32x4.sub(y, f32x4.mul(z, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(m, y), f32x4.mul(e, f32x4.splat(0.693359375)));
}

/** image = image · factor + offset */
export function line(image: i32, count: i32, factor: f32, offset: f32): void {
  const factors = f32x4.splat(factor);
  const offsets = f32x4.splat(offset);
  for (; count >= 16; image += 64, count -= 16) {
    v128.store(image, f32x4.add(f32x4.mul(v128.load(image), factors), offsets));
    v128.store(image, f32x4.add(f32x4.mul(v128.load(image, 16), factors), offsets), 16);
    v128.store(image, f32x4.add(f32x4.mul(v128.load(image, 32), factors), offsets), 32);
    v128.store(image, f32x4.add(f32x4.mul(v128.load(image, 48), factors), offsets), 48);
  }
  for (; count > 0; image += 16, count -= 4)
    storeSome(image, f32x4.add(f32x4.mul(v128.load(image), factors), offsets), count);
}

/** The least and the greatest of the values, stored at `result`. */
export function extremes(image: i32, count: i32, result: i32): void {
  let low = v128.load32_splat(image);
  let high = low;
  // Two of each, since each waits for its last one.
  let low2 = low;
  let high2 = low;
  for (; count >= 8; image += 32, count -= 8) {
    const values = v128.load(image);
    const values2 = v128.load(image, 16);
    low = f32x4.pmin(low, values);
    high = f32x4.pmax(high, values);
    low2 = f32x4.pmin(low2, values2);
    high2 = f32x4.pmax(high2, values2);
  }
  low = f32x4.pmin(low, low2);
  high = f32x4.pmax(high, high2);
  for (; count > 0; image += 4, count--) {
    const value = v128.load32_splat(image);
    low = f32x4.pmin(low, value);
    high = f32x4.pmax(high, value);
  }
  low = f32x4.pmin(low, v128.shuffle<i32>(low, low, 2, 3, 0, 1));
  high = f32x4.pmax(high, v128.shuffle<i32>(high, high, 2, 3, 0, 1));
  low = f32x4.pmin(low, v128.shuffle<i32>(low, low, 1, 0, 3, 2));
  high = f32x4.pmax(high, v128.shuffle<i32>(high, high, 1, 0, 3, 2));
  v128.store_lane<f32>(result, low, 0);
  v128.store_lane<f32>(result + 4, high, 0);
}

/** Bytes of the exponents' part of `power`'s table. */
const EXPONENTS: i32 = 256 << 2;

/**
 * image = sign · (((sign · image − min) / scale) ^ γ · range + min), what is raised being between 0 and 1.
 *
 * (2ᵉ · m)^γ is 2^(eγ) · m^γ. The table holds the first for each e, and then for each of 256 steps of m between 1 and 2 the
 * step's middle, and value, slope and half the curvature of m^γ there: within 2 units in the last place for γ up to 5.
 */
export function power(image: i32, count: i32, sign: f32, min: f32, scale: f32, range: f32, table: i32): void {
  const signs = f32x4.splat(sign);
  const least = f32x4.splat(min);
  const factor = f32x4.splat(1 / scale);
  const ranges = f32x4.splat(range);
  const steps = table + EXPONENTS;
  for (; count > 0; image += 16, count -= 4) {
    const bits = f32x4.mul(f32x4.sub(f32x4.mul(v128.load(image), signs), least), factor);
    // Byte offsets into the table's two parts: 4 times the exponent, 16 times the upper eight bits of the mantissa.
    const exponents = v128.and(i32x4.shr_u(bits, 21), i32x4.splat(0x3fc));
    const places = v128.and(i32x4.shr_u(bits, 11), i32x4.splat(0xff0));
    const a = v128.load(steps + i32x4.extract_lane(places, 0));
    const b = v128.load(steps + i32x4.extract_lane(places, 1));
    const c = v128.load(steps + i32x4.extract_lane(places, 2));
    const d = v128.load(steps + i32x4.extract_lane(places, 3));
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    const middle = v128.shuffle<i64>(ab, cd, 0, 2);
    const value = v128.shuffle<i64>(ab, cd, 1, 3);
    const slope = v128.shuffle<i64>(ab2, cd2, 0, 2);
    const curvature = v128.shuffle<i64>(ab2, cd2, 1, 3);
    let scales = v128.load32_zero(table + i32x4.extract_lane(exponents, 0));
    scales = v128.load_lane<i32>(table + i32x4.extract_lane(exponents, 1), scales, 1);
    scales = v128.load_lane<i32>(table + i32x4.extract_lane(exponents, 2), scales, 2);
    scales = v128.load_lane<i32>(table + i32x4.extract_lane(exponents, 3), scales, 3);
    const mantissa = v128.or(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f800000));
    const away = f32x4.sub(mantissa, middle);
    const raised = f32x4.add(value, f32x4.mul(away, f32x4.add(slope, f32x4.mul(away, curvature))));
    const result = f32x4.add(f32x4.mul(f32x4.mul(scales, raised), ranges), least);
    storeSome(image, f32x4.mul(result, signs), count);
  }
}

/** row = row · exp(a + b·t₁ + c·t₂ + d·t₃), with the polynomials t of each place in three rows after each other. */
export function biasRow(row: i32, count: i32, table: i32, stride: i32, a: f32, b: f32, c: f32, d: f32): void {
  const first = f32x4.splat(a);
  for (let i = 0; count > 0; i += 16, count -= 4) {
    let sum = f32x4.add(first, f32x4.mul(f32x4.splat(b), v128.load(table + i)));
    sum = f32x4.add(sum, f32x4.mul(f32x4.splat(c), v128.load(table + stride + i)));
    sum = f32x4.add(sum, f32x4.mul(f32x4.splat(d), v128.load(table + 2 * stride + i)));
    storeSome(row + i, f32x4.mul(v128.load(row + i), exp4(sum)), count);
  }
}

/**
 * Convolves the middle axis of an [outer, size, step] array with a symmetric kernel, zeros beyond the ends.
 *
 * @param weights the kernel from its centre on, tail + 1 values @param padded room for size · step + 2 · tail · step values
 */
export function filterAxis(image: i32, outer: i32, block: i32, step: i32, weights: i32, tail: i32, padded: i32): void {
  const stride = step << 2;
  const bytes = block << 2;
  const margin = tail * stride;
  memory.fill(padded, 0, margin);
  memory.fill(padded + margin + bytes, 0, margin);
  for (; outer > 0; outer--, image += bytes) {
    memory.copy(padded + margin, image, bytes);
    for (let i = 0, left = block; left > 0; i += 16, left -= 4) {
      const centre = padded + margin + i;
      let sum = f32x4.mul(v128.load(centre), f32x4.splat(load<f32>(weights)));
      for (let k = 1, away = stride; k <= tail; k++, away += stride) {
        const both = f32x4.add(v128.load(centre - away), v128.load(centre + away));
        sum = f32x4.add(sum, f32x4.mul(both, f32x4.splat(load<f32>(weights + (k << 2)))));
      }
      storeSome(image + i, sum, left);
    }
  }
}

/** Four values the other way round. */
@inline
function turned(values: v128): v128 {
  return v128.shuffle<i32>(values, values, 3, 2, 1, 0);
}

/** Exchanges two rows. */
function exchange(a: i32, b: i32, count: i32): void {
  for (; count >= 4; a += 16, b += 16, count -= 4) {
    const values = v128.load(a);
    v128.store(a, v128.load(b));
    v128.store(b, values);
  }
  for (; count > 0; a += 4, b += 4, count--) {
    const value = load<i32>(a);
    store<i32>(a, load<i32>(b));
    store<i32>(b, value);
  }
}

/** Exchanges two rows, each turned round. */
function exchangeTurned(a: i32, b: i32, count: i32): void {
  b += count << 2;
  for (; count >= 4; a += 16, count -= 4) {
    b -= 16;
    const values = v128.load(a);
    v128.store(a, turned(v128.load(b)));
    v128.store(b, turned(values));
  }
  for (; count > 0; a += 4, count--) {
    b -= 4;
    const value = load<i32>(a);
    store<i32>(a, load<i32>(b));
    store<i32>(b, value);
  }
}

/** Reverses an [nx, ny, nz] array of 32-bit values along several axes at once: `axes` is 1 for x, 2 for y and 4 for z, added. */
export function flip(data: i32, nx: i32, ny: i32, nz: i32, axes: i32): void {
  const row = nz << 2;
  for (let x = 0; x < nx; x++) {
    const otherX = axes & 1 ? nx - 1 - x : x;
    if (otherX < x) return;
    for (let y = 0; y < ny; y++) {
      const otherY = axes & 2 ? ny - 1 - y : y;
      if (otherX == x && otherY < y) break;
      const a = data + (x * ny + y) * row;
      const b = data + (otherX * ny + otherY) * row;
      if (a != b) {
        if (axes & 4) exchangeTurned(a, b, nz);
        else exchange(a, b, nz);
      } else if (axes & 4) exchangeTurned(a, a + ((nz - (nz >> 1)) << 2), nz >> 1);
    }
  }
}

/**
 * Interpolates along a row: target[k] = source[lower[k]] + (source[upper[k]] − source[lower[k]]) · weight[k].
 *
 * @param places for each value of the target: byte offsets of the two in the source, and the weight of the second
 */
export function interpolateRow(target: i32, count: i32, source: i32, places: i32): void {
  for (; count > 0; target += 4, places += 12, count--) {
    const lower = load<f32>(source + load<i32>(places));
    const upper = load<f32>(source + load<i32>(places, 4));
    store<f32>(target, lower + (upper - lower) * load<f32>(places, 8));
  }
}

/** target = a·wa + b·wb + c·wc + d·wd, row by row: the rows around an interpolated one. */
export function blendRows(
  target: i32, count: i32, a: i32, b: i32, c: i32, d: i32, wa: f32, wb: f32, wc: f32, wd: f32,
): void {
  for (let i = 0; count > 0; i += 16, count -= 4) {
    const near = f32x4.add(f32x4.mul(v128.load(a + i), f32x4.splat(wa)), f32x4.mul(v128.load(b + i), f32x4.splat(wb)));
    const far = f32x4.add(f32x4.mul(v128.load(c + i), f32x4.splat(wc)), f32x4.mul(v128.load(d + i), f32x4.splat(wd)));
    storeSome(target + i, f32x4.add(near, far), count);
  }
}

/** sin(2πk/2³²) and cos of it, k unsigned: quarter turns are exact, the rest by Cephes' polynomials on |x| ≤ π/4. */
@inline
function sine4(turns: v128, quarterOffset: i32): v128 {
  const shifted = i32x4.add(turns, i32x4.splat(quarterOffset));
  const quarter = i32x4.add(shifted, i32x4.splat(0x20000000));
  // What is left of the nearest quarter turn, −π/4 to π/4.
  const rest = i32x4.sub(shifted, v128.and(quarter, i32x4.splat(<i32>0xc0000000)));
  const x = f32x4.mul(f32x4.convert_i32x4_s(rest), f32x4.splat(1.4629180792671596e-9));
  const z = f32x4.mul(x, x);
  let s = f32x4.splat(-1.9515295891e-4);
  s = f32x4.add(f32x4.mul(s, z), f32x4.splat(8.3321608736e-3));
  s = f32x4.sub(f32x4.mul(s, z), f32x4.splat(1.6666654611e-1));
  s = f32x4.add(f32x4.mul(f32x4.mul(s, z), x), x);
  let c = f32x4.splat(2.443315711809948e-5);
  c = f32x4.sub(f32x4.mul(c, z), f32x4.splat(1.388731625493765e-3));
  c = f32x4.add(f32x4.mul(c, z), f32x4.splat(4.166664568298827e-2));
  c = f32x4.add(f32x4.sub(f32x4.mul(f32x4.mul(c, z), z), f32x4.mul(z, f32x4.splat(0.5))), f32x4.splat(1));
  const odd = i32x4.shr_s(i32x4.shl(quarter, 1), 31);
  const negative = v128.and(quarter, i32x4.splat(<i32>0x80000000));
  return v128.xor(v128.bitselect(c, s, odd), negative);
}

/** The upper halves of the products of four unsigned numbers each. */
@inline
function high4(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

/** Box–Muller of two uniform numbers, as runtime/data/random.ts has it; 1 − u keeps the logarithm finite. */
@inline
function radius4(uniform: v128): v128 {
  const left = i32x4.sub(i32x4.splat(-1), uniform);
  // 2³² − k = (2³² − 1 − k) + 1, of which the addition may be lost to rounding, never to overflow.
  const one = f32x4.mul(f32x4.add(f32x4.convert_i32x4_u(left), f32x4.splat(1)), f32x4.splat(2.3283064365386963e-10));
  return f32x4.sqrt(f32x4.pmax(f32x4.mul(f32x4.splat(-2), log4(one)), f32x4.splat(0)));
}

/**
 * Adds scale · normal to `count` values, a multiple of 16: the normals of the Philox blocks from `block` on, four a block.
 */
export function addNormal(
  image: i32, count: i32, scale: f32, block: i32, c1: i32, c2: i32, c3: i32, key0: i32, key1: i32,
): void {
  const m0 = i32x4.splat(<i32>0xd2511f53);
  const m1 = i32x4.splat(<i32>0xcd9e8d57);
  const scales = f32x4.splat(scale);
  const steps = i32x4(0, 1, 2, 3);
  for (let at = image, end = image + (count << 2); at < end; at += 64, block += 4) {
    let x0 = i32x4.add(i32x4.splat(block), steps);
    let x1 = i32x4.splat(c1);
    let x2 = i32x4.splat(c2);
    let x3 = i32x4.splat(c3);
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < ROUNDS; round++) {
      const low0 = i64x2.extmul_low_i32x4_u(x0, m0);
      const high0 = i64x2.extmul_high_i32x4_u(x0, m0);
      const low1 = i64x2.extmul_low_i32x4_u(x2, m1);
      const high1 = i64x2.extmul_high_i32x4_u(x2, m1);
      x0 = v128.xor(v128.xor(high4(low1, high1), x1), i32x4.splat(k0));
      x1 = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6);
      x2 = v128.xor(v128.xor(high4(low0, high0), x3), i32x4.splat(k1));
      x3 = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6);
      k0 += <i32>0x9e3779b9;
      k1 += <i32>0xbb67ae85;
    }
    const r0 = f32x4.mul(radius4(x0), scales);
    const r1 = f32x4.mul(radius4(x2), scales);
    const a = f32x4.mul(r0, sine4(x1, 0x40000000));
    const b = f32x4.mul(r0, sine4(x1, 0));
    const c = f32x4.mul(r1, sine4(x3, 0x40000000));
    const d = f32x4.mul(r1, sine4(x3, 0));
    // Lanes are blocks: turned, so that each block's four numbers come after each other.
    const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    v128.store(at, f32x4.add(v128.load(at), v128.shuffle<i64>(ab0, cd0, 0, 2)));
    v128.store(at + 16, f32x4.add(v128.load(at + 16), v128.shuffle<i64>(ab0, cd0, 1, 3)));
    v128.store(at + 32, f32x4.add(v128.load(at + 32), v128.shuffle<i64>(ab1, cd1, 0, 2)));
    v128.store(at + 48, f32x4.add(v128.load(at + 48), v128.shuffle<i64>(ab1, cd1, 1, 3)));
  }
}
