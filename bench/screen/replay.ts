import { PassThrough, Writable } from 'node:stream';
import type { RunEvent } from '../../runtime/events/schema.ts';
import type { Preview } from '../../runtime/previews/read.ts';
import { KEY_BINDINGS } from '../../tui/keys.ts';
import { openApp } from '../../tui/screens/app.ts';
import { noRun } from '../../tui/screens/open-run.ts';

/**
 * What the live screen takes of one core while a run of ten steps a second goes on, page by page, and how much it writes:
 * `node bench/run.mjs bench/screen/replay.ts [COLUMNS ROWS]`. Less than 2 % is wanted.
 */

const [columns = 120, rows = 36] = process.argv.slice(2).map(Number);
const STEPS_A_SECOND = 10;
const SECONDS = 8;

class Screen extends Writable {
  readonly isTTY = true;
  readonly columns = columns;
  readonly rows = rows;
  bytes = 0;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes += chunk.length;
    done();
  }
}

class Keys extends PassThrough {
  readonly isTTY = true;
  setRawMode(): this {
    return this;
  }
}

let sequence = 0;
const at = () => ({ sequence: sequence++, time: Date.now() });

function step(number: number): RunEvent {
  const noise = Math.sin(number * 1.7) * 0.05;
  const loss = 0.4 + 1.6 * Math.exp(-number / 800) + noise;
  const pace = { seconds: 0.1 + noise / 50, waitSeconds: 0.001 };
  const place = { epoch: Math.floor(number / 50) + 1, step: number, stepInEpoch: (number % 50) + 1 };
  return { type: 'step', ...at(), ...place, loss, learningRate: 1e-3, gradientNorm: 0.8, ...pace };
}

function preview(): Preview {
  const count = 128 ** 3;
  const image = Uint8Array.from({ length: count }, (_, index) => (index * 37) % 256);
  const labels = Uint8Array.from({ length: count }, (_, index) => Math.floor(index / 4096) % 2);
  const affine = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ] as const;
  return { caseId: 'case', shape: [128, 128, 128], affine, image, truth: labels, predicted: labels };
}

const stdout = new Screen();
const stdin = new Keys();
const only = preview();
const run = { ...noRun(), previews: { cases: () => ['case'], read: () => only } };
const screen = openApp({
  run,
  matrix: null,
  mode: 'run',
  stdout: stdout as unknown as NodeJS.WriteStream,
  stdin: stdin as unknown as NodeJS.ReadStream & { fd: 0 },
  terminal: { interactive: true, color: true, unicode: true },
  environment: { COLORTERM: 'truecolor' },
  onStop: () => {},
  onKill: () => {},
  onDetach: () => {},
});
for (let number = 1; number <= 5000; number++) run.store.apply(step(number));
let number = 5001;
for (const { keys, action } of KEY_BINDINGS) {
  if (!action.startsWith('show') || action === 'show sweep') continue;
  stdin.emit('data', keys[0] ?? '');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const [cpu, time, bytes] = [process.cpuUsage(), performance.now(), stdout.bytes];
  const timer = setInterval(() => run.store.apply(step(number++)), 1000 / STEPS_A_SECOND);
  await new Promise((resolve) => setTimeout(resolve, 1000 * SECONDS));
  clearInterval(timer);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - time) / 1000;
  const share = ((user + system) / 1e6 / seconds) * 100;
  console.error(
    `${action.padEnd(14)} ${share.toFixed(2)} % of a core, ${Math.round((stdout.bytes - bytes) / seconds)} bytes a second`,
  );
}
screen.close();
