/** `a`, `b` and `c`, each in back-quotes. */
export function quotedList(names: readonly string[], last: 'and' | 'or' = 'or'): string {
  const quoted = names.map((name) => `\`${name}\``);
  if (quoted.length <= 1) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} ${last} ${quoted[quoted.length - 1]}`;
}
