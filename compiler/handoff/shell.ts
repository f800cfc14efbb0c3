/** Text for POSIX shells. */

/** A word that a shell takes literally. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Stops a script in which a variable is missing: better than a job that fails after an hour in the queue. */
export function demand(name: string, help: string): string {
  return `: "\${${name}:?${help}}"`;
}

/** Without the empty lines that parts which do not apply leave behind. */
export function script(...parts: readonly (string | null)[]): string {
  return `${parts.filter((part) => part !== null).join('\n')}\n`;
}
