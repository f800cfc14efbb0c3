import { type ProvisionProgress, provision } from '../../runtime/engine/provision/provision.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatBytes } from '../format/quantities.ts';

export interface SetupOptions {
  readonly cuda?: true;
  readonly cpu?: true;
  readonly force?: true;
}

/** `exp setup`: provisions the engine, with a line that tells how far it is. */
export async function setup(options: SetupOptions): Promise<ExitCode> {
  const { path, variant, built } = await provision({
    kind: options.cuda ? 'cuda' : options.cpu ? 'cpu' : 'auto',
    force: options.force ?? false,
    onProgress: progressLine(process.stderr),
  });
  process.stdout.write(`${built ? 'set up' : 'already set up'}: ${variant.id} at ${path}\n`);
  return EXIT.ok;
}

/** On a terminal one line that is drawn over; elsewhere a line a stage. */
export function progressLine(stream: NodeJS.WriteStream): (progress: ProvisionProgress) => void {
  let shown = '';
  return (progress) => {
    const text = describe(progress, stream.isTTY === true);
    if (text === shown) return;
    shown = text;
    stream.write(stream.isTTY ? `\r\u001b[K${text}${progress.stage === 'check' ? '\n' : ''}` : `${text}\n`);
  };
}

const BAR_CELLS = 24;

function describe(progress: ProvisionProgress, detailed: boolean): string {
  switch (progress.stage) {
    case 'waiting':
      return 'engine: another process is setting it up; waiting';
    case 'download': {
      if (!detailed || progress.totalBytes === null) return `engine: downloading ${progress.wheel}`;
      const share = Math.min(1, progress.receivedBytes / progress.totalBytes);
      const bar = '█'.repeat(Math.round(share * BAR_CELLS)).padEnd(BAR_CELLS, '░');
      return `engine: ${progress.wheel} ${bar} ${formatBytes(progress.receivedBytes)} of ${formatBytes(progress.totalBytes)}`;
    }
    case 'unpack':
      return 'engine: unpacking';
    case 'compile':
      return 'engine: compiling the binding';
    case 'check':
      return 'engine: loading it once';
  }
}
