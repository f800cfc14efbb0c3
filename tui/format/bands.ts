import type { Band } from '../../compiler/planner/throughput.ts';

/** Bands in few columns, for tables: both ends in one unit, two digits each. */

const UNITS = [
  { name: 'ms', seconds: 1e-3, from: 0 },
  { name: 's', seconds: 1, from: 0.95 },
  { name: 'min', seconds: 60, from: 100 },
  { name: 'h', seconds: 3600, from: 100 * 60 },
  { name: 'd', seconds: 86400, from: 72 * 3600 },
] as const;

/** `0.9–2.1 s`, `5.2–12 h`; the upper end chooses the unit. */
export function shortDurations(band: Band | null): string {
  if (band === null) return '–';
  const unit = UNITS.findLast(({ from }) => band.high >= from) ?? UNITS[0];
  return `${ends({ low: band.low / unit.seconds, high: band.high / unit.seconds })} ${unit.name}`;
}

/** `$3.1–7.4`, `$0` */
export function shortDollars(band: Band | null): string {
  if (band === null) return '–';
  return band.high === 0 ? '$0' : `$${ends(band)}`;
}

function ends({ low, high }: Band): string {
  // Below 1 both ends have the same digits behind the point: `0.02–0.10`.
  const from = twoDigits(low);
  const to = high < 1 ? high.toFixed(from.split('.')[1]?.length ?? 0) : twoDigits(high);
  return from === to ? from : `${from}–${to}`;
}

/** Never an exponent, and nothing behind the point that two digits do not tell. */
function twoDigits(value: number): string {
  if (value >= 99.5) return String(Math.round(value));
  if (value >= 9.95) return value.toFixed(0);
  return value >= 0.095 ? value.toFixed(1) : value.toFixed(2);
}
