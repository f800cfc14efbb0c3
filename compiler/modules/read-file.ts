/**
 * How the compiler, which knows no disk, gets at imported files: the command line reads them, an editor looks at its open
 * buffers first, a test has a map.
 *
 * @param path relative to where the path of the compiled file is relative to, or absolute
 * @returns the text; null where there is no such file; or why it cannot be read, to complete "… cannot be imported: …"
 */
export type ReadFile = (path: string) => string | null | { readonly problem: string };

export const NO_FILES: ReadFile = () => null;
