import type { PlanFile } from '../../compiler/plan/schema.ts';
import { ExpError, OutOfMemoryError } from '../errors.ts';
import type { RunEventOf } from '../events/schema.ts';
import { engineOutOfMemory, outOfMemory } from '../run/explain-exit.ts';
import { writeTrouble } from '../run/folder-trouble.ts';
import { memoryState } from '../run/memory.ts';
import { originLocation } from '../run/origin.ts';

/** TensorFlow's words when an allocation fails without ending the process. */
const ALLOCATION_FAILED = /OOM when allocating|out of memory|RESOURCE_EXHAUSTED|Array buffer allocation failed/i;

/** What `run_finished` says of an error: the user's words, what to do, and the line of the `.exp` file behind it. */
export function describeFailure(error: unknown, planFile: PlanFile): NonNullable<RunEventOf<'run_finished'>['error']> {
  if (error instanceof OutOfMemoryError && error.help === null) return engineOutOfMemory(error, planFile);
  if (error instanceof ExpError) {
    return {
      code: error.code,
      message: error.message,
      help: error.help,
      location: error.planPath === null ? null : originLocation(planFile, error.planPath),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const trouble = writeTrouble(pathOf(error), error);
  if (trouble !== null) return describeFailure(trouble, planFile);
  if (ALLOCATION_FAILED.test(message)) {
    // maxRSS is in kibibytes on every platform.
    return outOfMemory(planFile, process.resourceUsage().maxRSS * 1024, memoryState().totalBytes);
  }
  return {
    code: 'EXP4999',
    message: `the trainer failed: ${message}`,
    help: 'this is a mistake of exp itself; log.txt in the run folder has where it happened',
    location: null,
  };
}

/** The file that a refusal of the system is about. */
function pathOf(error: unknown): string {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : 'a file of the run';
}
