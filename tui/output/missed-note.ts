import { MISSED } from '../../runtime/metrics/table.ts';

/** What `val.hausdorff95.missed` means, below a table that has such a row; nothing below others. */
export function missedNote(metrics: readonly string[]): readonly string[] {
  if (!metrics.some((name) => name.endsWith(`.${MISSED}`))) return [];
  return [
    'missed: structures of the truth that the prediction lacks. They have no value there; its mean passes over them',
  ];
}
