import { hasErrorCode } from './error-code.ts';

/** Whether a process of this machine lives, as far as its number tells. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return hasErrorCode(error, 'EPERM');
  }
}
