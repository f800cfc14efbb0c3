/** What `exp` tells the shell. Declared once; `docs/` and the tests read the same table. */
export const EXIT = {
  /** Everything went well. */
  ok: 0,
  /** The file, or the command line, is wrong: nothing was started. */
  invalid: 1,
  /** The run, or what it needs, failed. */
  failed: 2,
  /** The run went well, and an `expect` did not hold. */
  expectation: 3,
  /** Stopped by the user (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
