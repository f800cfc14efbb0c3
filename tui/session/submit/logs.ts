import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findHandoff, HANDOFF_LOGS_FOLDER, type HandoffFolder } from '../../../runtime/submit/handoff-folder.ts';
import { handoffRuns, partOf } from '../../../runtime/submit/handoff-runs.ts';
import type { Context } from '../../context.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { UsageError } from '../../failures.ts';
import { painter } from '../../terminal/style.ts';
import { oneLine } from '../../terminal/text.ts';
import type { SubmitLogsOptions } from './options.ts';

/** Logs shown at once: of more, the newest. */
const LOGS_SHOWN = 8;

/** `exp submit logs`: the ends of what the jobs have printed, the newest last. */
export async function showLogs(context: Context, name: string, { run, lines }: SubmitLogsOptions): Promise<ExitCode> {
  const folder = findHandoff(context.cwd, name);
  const { info } = folder;
  const logs = logsOf(folder, run ?? null);
  if (logs.length === 0) {
    context.stdout.write(`no job has printed anything here yet; where they run: ${info.commands.logs}\n`);
    return EXIT.ok;
  }
  const paint = painter(context.terminal.color);
  for (const path of logs.slice(-LOGS_SHOWN)) {
    const text = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines);
    context.stdout.write(`${paint(path, 'strong')}\n${text.map(oneLine).join('\n')}\n\n`);
  }
  if (logs.length > LOGS_SHOWN)
    context.stdout.write(`${logs.length - LOGS_SHOWN} older logs are not shown; --run N shows those of one run\n`);
  return EXIT.ok;
}

/** `logs/1234_5.out`; for one run, those of its part. */
function logsOf(folder: HandoffFolder, run: number | null): readonly string[] {
  const dir = join(folder.dir, HANDOFF_LOGS_FOLDER);
  const { parts, runs } = folder.info;
  if (run !== null && run > runs) throw new UsageError(`--run ${run}: there are ${runs} runs`);
  const chosen = run === null ? null : handoffRuns(folder)[run - 1];
  const part = chosen == null ? null : partOf(chosen, parts);
  const names = existsSync(dir) ? readdirSync(dir) : [];
  return names
    .filter((name) => part === null || parts === 1 || name.replace(/\.out$/, '').endsWith(`_${part}`))
    .map((name) => join(dir, name))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
}
