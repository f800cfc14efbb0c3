/** What `exp` tells the shell. Declared once; its help and docs/commands.md read the same table. */
export const EXIT = {
  ok: 0,
  invalid: 1,
  failed: 2,
  expectation: 3,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'everything went well',
  invalid: 'the file, or the command line, is wrong: nothing was started',
  failed: 'the run, or what it needs, failed',
  expectation: 'the run went well, and an `expect` did not hold',
  interrupted: 'stopped by the user',
};

/** Each code with what it means, the smallest first. */
export function exitCodes(): readonly { readonly code: ExitCode; readonly meaning: string }[] {
  const names = ['ok', 'invalid', 'failed', 'expectation', 'interrupted'] as const;
  return names.map((name) => ({ code: EXIT[name], meaning: EXIT_MEANINGS[name] }));
}
