import { assertNever } from '../../dsl/assert-never.ts';
import type { RecordDelivery } from './delivery.ts';
import type { LogBatch } from './log-batch.ts';

/** Gathering deliveries into one batch, and taking a refused batch apart. */

export type MutableBatch = { -readonly [K in keyof LogBatch]: Array<LogBatch[K][number]> };

export function emptyBatch(): MutableBatch {
  return { metrics: [], params: [], tags: [] };
}

/** False for what has a call of its own. */
export function addToBatch(batch: MutableBatch, delivery: RecordDelivery): boolean {
  switch (delivery.kind) {
    case 'metrics':
      batch.metrics.push(...delivery.metrics);
      return true;
    case 'params':
      batch.params.push(...delivery.params);
      return true;
    case 'tags': {
      // The latest value of a tag counts, and one request may name it once.
      const renewed = new Set(delivery.tags.map((tag) => tag.key));
      batch.tags = [...batch.tags.filter((tag) => !renewed.has(tag.key)), ...delivery.tags];
      return true;
    }
    case 'inputs':
    case 'status':
      return false;
    default:
      return assertNever(delivery);
  }
}

export type Entry =
  | { readonly list: 'metrics'; readonly value: LogBatch['metrics'][number] }
  | { readonly list: 'params'; readonly value: LogBatch['params'][number] }
  | { readonly list: 'tags'; readonly value: LogBatch['tags'][number] };

export function entriesOf(batch: LogBatch): Entry[] {
  return [
    ...batch.params.map((value): Entry => ({ list: 'params', value })),
    ...batch.tags.map((value): Entry => ({ list: 'tags', value })),
    ...batch.metrics.map((value): Entry => ({ list: 'metrics', value })),
  ];
}

export function batchOf(entries: readonly Entry[]): LogBatch {
  const batch = emptyBatch();
  for (const entry of entries) {
    if (entry.list === 'metrics') batch.metrics.push(entry.value);
    else batch[entry.list].push(entry.value);
  }
  return batch;
}

/** As a refusal names it. */
export function describe(entry: Entry): string {
  const kinds = { metrics: 'metric', params: 'parameter', tags: 'tag' } as const;
  return `${kinds[entry.list]} ${entry.value.key}`;
}
