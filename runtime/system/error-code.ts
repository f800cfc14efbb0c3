/** Whether an error is the system's, of a kind: `EEXIST`, `ENOSPC`, `EPERM`. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
