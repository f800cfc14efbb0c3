import { TrackingError } from '../errors.ts';

/** Whether a server answered with this code of MLflow's. */
export function hasServerCode(error: unknown, code: string): boolean {
  return error instanceof TrackingError && error.serverCode === code;
}
