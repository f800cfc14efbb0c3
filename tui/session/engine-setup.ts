import { assertNever } from '../../dsl/assert-never.ts';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import {
  type Provisioned,
  type ProvisionOptions,
  type ProvisionProgress,
  provision,
} from '../../runtime/engine/provision/provision.ts';
import { EngineError } from '../../runtime/errors.ts';
import type { Context } from '../context.ts';
import { printWarning } from '../failures.ts';
import { formatBytes } from '../format/quantities.ts';

/** Sets the engine up and shows how far it is, on stderr: one line that changes, or one a stage where nobody watches. */
export async function setUpEngine(
  context: Context,
  options: Omit<ProvisionOptions, 'onProgress'> = {},
): Promise<Provisioned> {
  const progress = progressLine(context);
  try {
    return await provision({ ...options, onProgress: progress.show });
  } finally {
    progress.end();
  }
}

/**
 * Before a run: a machine that cannot have the native engine runs with the slow one, and is told why.
 *
 * @param quiet says nothing but what is wrong
 */
export async function ensureEngine(context: Context, quiet: boolean): Promise<void> {
  if (locateBinding() !== null) return;
  if (!quiet) context.stderr.write('setting up the engine, once for this machine\n');
  try {
    await setUpEngine(context);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    printWarning(context, `${error.message}; the run uses the slow wasm engine`, error.help);
  }
}

function progressLine({ stderr, errors }: Context) {
  let stage: ProvisionProgress['stage'] | null = null;
  let open = false;
  return {
    show: (progress: ProvisionProgress): void => {
      const isNew = progress.stage !== stage;
      stage = progress.stage;
      if (errors.interactive) {
        stderr.write(`\r\u001b[K  ${describe(progress, errors.unicode)}`);
        open = true;
      } else if (isNew) stderr.write(`  ${describe(progress, errors.unicode)}\n`);
    },
    end: (): void => {
      if (open) stderr.write('\r\u001b[K');
    },
  };
}

const BAR_COLUMNS = 24;

function describe(progress: ProvisionProgress, unicode: boolean): string {
  switch (progress.stage) {
    case 'waiting':
      return 'waiting for another set-up of the engine to end';
    case 'download': {
      const { receivedBytes, totalBytes } = progress;
      if (totalBytes === null || totalBytes === 0) return `downloading TensorFlow: ${formatBytes(receivedBytes)}`;
      const full = Math.round(Math.min(1, receivedBytes / totalBytes) * BAR_COLUMNS);
      const [done, todo] = unicode ? ['█', '─'] : ['#', '-'];
      return `downloading TensorFlow  ${done.repeat(full)}${todo.repeat(BAR_COLUMNS - full)}  ${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}`;
    }
    case 'unpack':
      return 'unpacking TensorFlow';
    case 'compile':
      return 'compiling the binding';
    case 'check':
      return 'loading it once';
    default:
      return assertNever(progress);
  }
}
