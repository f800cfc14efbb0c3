import { resolve } from 'node:path';
import { findGarbage, type Garbage, removeGarbage } from '../../runtime/run/garbage.ts';
import type { RunsDirOption } from '../commands/options.ts';
import { type Context, columnsOf } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatBytes, plural } from '../format/quantities.ts';
import { statusWords } from '../format/status.ts';
import { jsonDocument } from '../json/write.ts';
import { columns, cutLines } from '../output/table.ts';
import { painter } from '../terminal/style.ts';
import { toAscii } from '../terminal/text.ts';

export interface GarbageCommandOptions extends RunsDirOption {
  readonly keep: number;
  readonly best?: boolean;
  readonly delete?: boolean;
  readonly json?: boolean;
}

/** `exp runs gc`: what could go and how much that is; with `--delete` it goes. */
export function collectGarbage(context: Context, options: GarbageCommandOptions): ExitCode {
  const found = findGarbage(resolve(context.cwd, options.runsDir), { keep: options.keep, best: options.best === true });
  const isDeleting = options.delete === true;
  if (isDeleting) for (const garbage of found) removeGarbage(garbage);
  const bytes = found.reduce((sum, garbage) => sum + garbage.bytes, 0);
  if (options.json === true) {
    const runs = found.map(({ run, removable, status, bytes: size, kept }) => {
      return { id: run.id, folder: run.dir, status, removable, bytes: size, kept };
    });
    context.stdout.write(jsonDocument('runs-gc', { removed: isDeleting, bytes, runs }));
    return EXIT.ok;
  }
  if (found.length === 0) {
    context.stdout.write('nothing to remove: everything is needed\n');
    return EXIT.ok;
  }
  const lines = [...tableOf(found, context), '', closing(found, bytes, isDeleting)];
  context.stdout.write(`${(context.terminal.unicode ? lines : lines.map(toAscii)).join('\n')}\n`);
  return EXIT.ok;
}

function tableOf(found: readonly Garbage[], { terminal, stdout }: Context): readonly string[] {
  const rows = found.map(({ run, status, removable, bytes, kept }) => [
    run.id,
    statusWords(status),
    formatBytes(bytes),
    removable.map(({ path }) => path.split('/').at(-1) ?? path).join(', '),
    kept ?? '–',
  ]);
  const [head = '', ...lines] = cutLines(
    columns([['RUN', 'STATUS', 'SIZE', 'CHECKPOINTS', 'KEPT'], ...rows]),
    columnsOf(stdout),
  );
  return [painter(terminal.color)(head, 'dim'), ...lines];
}

function closing(found: readonly Garbage[], bytes: number, isDeleting: boolean): string {
  const what = `${formatBytes(bytes)} of ${plural(found.length, 'run')}`;
  return isDeleting ? `removed ${what}` : `${what} could go; nothing was removed: --delete does it`;
}
