/**
 * What the runs of one matrix share: a section that is the same object is resolved, planned and written out once. Ten
 * thousand runs differ in a value or two each.
 */
export interface Sharing {
  /** What `make` made of the same parts before; the purpose tells what was made of them. */
  readonly of: <V>(purpose: string, parts: readonly object[], make: () => V) => V;
}

/** For a run by itself. */
export const NO_SHARING: Sharing = { of: (_purpose, _parts, make) => make() };

interface Level {
  readonly next: WeakMap<object, Level>;
  made: { readonly value: unknown } | null;
}

export function createSharing(): Sharing {
  const purposes = new Map<string, Level>();
  return {
    of: <V>(purpose: string, parts: readonly object[], make: () => V): V => {
      let level = purposes.get(purpose) ?? newLevel();
      purposes.set(purpose, level);
      for (const part of parts) {
        const next: Level = level.next.get(part) ?? newLevel();
        level.next.set(part, next);
        level = next;
      }
      level.made ??= { value: make() };
      // One purpose is used with one type of value.
      return level.made.value as V;
    },
  };
}

function newLevel(): Level {
  return { next: new WeakMap(), made: null };
}
