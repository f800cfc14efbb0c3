import type { BoundBody, BoundLeaf, BoundProfile, BoundTable } from '../bind/bound.ts';
import { TRIAL_PROFILES } from '../catalogue/profiles.ts';
import { mergeBodies } from './merge.ts';

/** What makes a training long or large, by its path in the file. */
const SIZES = [
  ['patch'],
  ['batch_size'],
  ['schedule', 'epochs'],
  ['dataset', 'subjects'],
  ['model', 'init_filters'],
] as const;

/** An experiment under a profile. A trial that every file has makes nothing larger than the file does: of both, the smaller. */
export function bodyUnder(base: BoundBody, profile: BoundProfile): BoundBody {
  const merged = mergeBodies(base, profile.body);
  if (!profile.shipped || !TRIAL_PROFILES.has(profile.name)) return merged;
  return { ...merged, table: SIZES.reduce((table, path) => atMost(base.table, table, path), merged.table) };
}

function atMost(base: BoundTable, merged: BoundTable, [name, ...rest]: readonly string[]): BoundTable {
  if (name === undefined) return merged;
  const [before, after] = [base.get(name), merged.get(name)];
  if (before?.kind === 'leaf' && after?.kind === 'leaf')
    return new Map([...merged, [name, smallerLeaf(before, after)]]);
  // A setting of another network is another setting.
  if (before?.kind !== 'record' || after?.kind !== 'record' || before.variant !== after.variant) return merged;
  return new Map([...merged, [name, { ...after, settings: atMost(before.settings, after.settings, rest) }]]);
}

/** One of both where it is the smaller in all, so that its origin stays. */
function smallerLeaf(before: BoundLeaf, after: BoundLeaf): BoundLeaf {
  const value = smaller(before.value, after.value);
  const isLike = (leaf: BoundLeaf) => JSON.stringify(leaf.value) === JSON.stringify(value);
  return isLike(before) ? before : isLike(after) ? after : { ...after, value };
}

/** Of numbers, and of the parts of triples and of ranges. */
function smaller(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return Math.min(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return b.map((item, index) => smaller(a[index], item));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return b;
  const parts = new Map(Object.entries(a));
  return Object.fromEntries(Object.entries(b).map(([name, part]) => [name, smaller(parts.get(name), part)]));
}
