/** Which values of an image become black and white. */
export interface Window {
  readonly low: number;
  readonly high: number;
}

const SAMPLES = 50_000;

/** From the 1st to the 99.5th percentile of what is not 0 (mostly air that somebody has masked). */
export function intensityWindow(data: Float32Array): Window {
  const step = Math.max(1, Math.floor(data.length / SAMPLES));
  const sample: number[] = [];
  for (let i = 0; i < data.length; i += step) {
    const value = data[i] ?? 0;
    if (Number.isFinite(value) && value !== 0) sample.push(value);
  }
  const sorted = Float64Array.from(sample).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0.01), at(0.995)];
  return { low, high: high > low ? high : low + 1 };
}

/** 0 to 255. */
export function greyOf(value: number, { low, high }: Window): number {
  return Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * 255);
}
