/** Suggestions for misspelt names. */

/**
 * Edit distance with transposition of neighbours (optimal string alignment), in single letters.
 *
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let distance = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) distance = Math.min(distance, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** Longer words than any name; comparing them would take time and help nobody. */
const LONGEST_NAME = 64;

/**
 * The candidate that was most probably meant, or null where none is near: at most a third of the letters differ. Case and
 * the choice between `-` and `_` count for nothing, and words of a name may be left out (`rate` for `learning_rate`).
 *
 * @example nearestName('learnign_rate', ['learning_rate', 'weight_decay']) // 'learning_rate'
 */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  return nearestNames(name, candidates, 1)[0] ?? null;
}

/** As `nearestName`, several of them, the nearest first. */
export function nearestNames(name: string, candidates: Iterable<string>, most: number): readonly string[] {
  if (name.length === 0 || name.length > LONGEST_NAME) return [];
  const wanted = plain(name);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const near: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of candidates) {
    const distance = nameDistance(wanted, plain(candidate));
    if (distance <= limit) near.push({ candidate, distance });
  }
  return near
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

/** Below one where only the spelling differs; a whole word of the candidate counts as one edit. */
function nameDistance(wanted: string, candidate: string): number {
  if (wanted === candidate) return 0;
  if (wanted.replaceAll('_', '') === candidate.replaceAll('_', '')) return 0.5;
  if (wanted.length >= 4 && candidate.split(/[_.]/).includes(wanted)) return 1;
  if (Math.abs(wanted.length - candidate.length) > wanted.length) return Number.POSITIVE_INFINITY;
  const distance = editDistance(wanted, candidate);
  // A short name that shares no letter with the candidate is another word, not a slip of the pen.
  return distance >= Math.max(wanted.length, candidate.length) ? Number.POSITIVE_INFINITY : distance;
}
