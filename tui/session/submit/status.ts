import { findHandoff } from '../../../runtime/submit/handoff-folder.ts';
import { handoffStatus } from '../../../runtime/submit/handoff-status.ts';
import type { Context } from '../../context.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { jsonDocument } from '../../json/write.ts';
import { formatHandoffStatus, handoffStatusJson } from '../../output/submit-status.ts';

/** `exp submit status`: what each run's record says, and what the queue says of its job. */
export async function showStatus(context: Context, name: string, json: boolean): Promise<ExitCode> {
  const folder = findHandoff(context.cwd, name);
  const status = await handoffStatus(folder, context.environment);
  context.stdout.write(
    json
      ? jsonDocument('submit-status', handoffStatusJson(folder, status))
      : formatHandoffStatus(folder, status, context.terminal),
  );
  return EXIT.ok;
}
