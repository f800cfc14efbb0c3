/**
 * What the runs of one matrix share: ten thousand runs differ in a value or two each, so that the sections which are the
 * same objects in all of them are resolved, planned and written out once. What a single run brings is not kept: it would
 * be looked up in vain, and held.
 */
export interface Sharing {
  /** What `make` made of the same parts before, if all of them are shared; the purpose tells what was made of them. */
  readonly of: <V>(purpose: string, parts: readonly object[], make: () => V) => V;
  /** Tells that an object is the same for several runs. */
  readonly keep: (parts: Iterable<unknown>) => void;
}

/** For a run by itself. */
export const NO_SHARING: Sharing = { of: (_purpose, _parts, make) => make(), keep: () => {} };

interface Level {
  readonly next: Map<object, Level>;
  made: { readonly value: unknown } | null;
}

export function createSharing(): Sharing {
  const shared = new Set<unknown>();
  const purposes = new Map<string, Level>();
  return {
    of: <V>(purpose: string, parts: readonly object[], make: () => V): V => {
      if (!parts.every((part) => shared.has(part))) return make();
      let level = purposes.get(purpose) ?? newLevel();
      purposes.set(purpose, level);
      for (const part of parts) {
        const next: Level = level.next.get(part) ?? newLevel();
        level.next.set(part, next);
        level = next;
      }
      if (level.made === null) {
        level.made = { value: make() };
        shared.add(level.made.value);
      }
      // One purpose is used with one type of value.
      return level.made.value as V;
    },
    keep: (parts) => {
      for (const part of parts) shared.add(part);
    },
  };
}

function newLevel(): Level {
  return { next: new Map(), made: null };
}
