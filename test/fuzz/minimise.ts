/** The smallest text, by cutting ever shorter stretches, of which the same still holds. @param tries at most */
export function minimise(text: string, holds: (smaller: string) => boolean, tries = 3000): string {
  let smallest = text;
  let left = tries;
  for (
    let length = Math.ceil(text.length / 2);
    length >= 1 && left > 0;
    length = length === 1 ? 0 : Math.ceil(length / 2)
  ) {
    for (let at = 0; at < smallest.length && left > 0; ) {
      const smaller = smallest.slice(0, at) + smallest.slice(at + length);
      left--;
      if (holds(smaller)) smallest = smaller;
      else at += length;
    }
  }
  return smallest;
}
