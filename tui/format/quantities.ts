import type { Band } from '../../compiler/planner/throughput.ts';

/** Quantities as a person reads them. One place, so that the screen, plain lines and tables say the same. */

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1.4 GiB`; three significant digits at most. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : threeDigits(value)} ${BINARY_UNITS[unit] ?? 'B'}`;
}

/** `8.2 s`, `4 min 12 s`, `3 h 05 min`, `2 d 04 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${pad(hours % 24)} h`;
}

/** `1.2 s to 3.4 s` */
export function durations({ low, high }: Band): string {
  return `${formatDuration(low)} to ${formatDuration(high)}`;
}

/** `48 ms`, `0.48 s`, `3.6 s`: a step may be short, and two digits tell all that is known of it. */
export function formatStepTime(seconds: number): string {
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 0.995 ? `${seconds.toFixed(2)} s` : formatDuration(seconds);
}

/** `48 ms to 0.21 s` */
export function stepTimes({ low, high }: Band): string {
  return `${formatStepTime(low)} to ${formatStepTime(high)}`;
}

/** `$1.20 to $3.40` */
export function dollars({ low, high }: Band): string {
  return `${formatUsd(low)} to ${formatUsd(high)}`;
}

export function formatUsd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

/** `0:42`, `4:12`, `1:04:12`: a clock that does not jump in width. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const clock = `${Math.floor((whole % 3600) / 60)}:${pad(whole % 60)}`;
  return whole < 3600
    ? clock
    : `${Math.floor(whole / 3600)}:${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`;
}

/** `4,700,914` */
export function formatCount(value: number): string {
  // `toLocaleString` loads all that is known of languages, a sixth of the time that `exp check` takes.
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `12.4 GFLOP` */
export function formatFlops(flops: number): string {
  const units = ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP'] as const;
  let value = flops;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${threeDigits(value)} ${units[unit] ?? 'FLOP'}`;
}

/** A loss, a Dice, a rate: four significant digits, exponents only where a decimal would hide the value. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6)
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  if (Number.isInteger(value)) return String(value);
  return size < 10 ? value.toFixed(4) : value.toPrecision(4);
}

export function formatPercent(fraction: number): string {
  return `${Math.round(fraction * 100)}%`;
}

/** `1 case`, `7 cases` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `17:33:01` in local time. */
export function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':');
}

/** `2026-11-24 17:33` in local time. */
export function formatDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-');
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
