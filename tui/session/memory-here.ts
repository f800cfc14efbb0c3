import type { Plan } from '../../compiler/plan/schema.ts';
import { OutOfMemoryError } from '../../runtime/errors.ts';
import { memoryOutlook } from '../../runtime/run/explain-exit.ts';
import { memoryState } from '../../runtime/run/memory.ts';
import { NvidiaSmi } from '../../runtime/system/nvidia-smi.ts';
import type { Context } from '../context.ts';
import { printWarning } from '../failures.ts';

/**
 * Before a run: memory that cannot suffice stops it here, and not after minutes in which it has taken all that the machine
 * has. Where a GPU trains, its memory counts, which the plan knows.
 *
 * @throws OutOfMemoryError when the machine has less than a step cannot do without
 */
export async function assertMemoryHere(context: Context, plan: Plan): Promise<void> {
  const outlook = memoryOutlook(plan, memoryState().totalBytes);
  if (outlook.kind === 'fits' || (await new NvidiaSmi().gpus()).length > 0) return;
  const { kind, message, help } = outlook;
  if (kind === 'impossible') throw new OutOfMemoryError(`${message}; nothing was started`, { help });
  printWarning(context, `${message}: it may run out of memory`, help);
}
