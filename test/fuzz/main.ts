import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Failure, headline, processorSeconds, tryInput } from './campaign.ts';
import { readCorpus } from './corpus.ts';
import { inputAt } from './inputs.ts';

/**
 * Tries many inputs: `npm run fuzz -- --inputs 10000000 --seed 1`. A worker tries them one after another; this thread
 * watches that it gets on, so that an endless loop is found too. `--seconds` ends earlier, `--from` goes on from an input.
 */

interface Task {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** The number of inputs done so far, for whoever watches. */
  readonly done: SharedArrayBuffer;
}

/** Of processor time, on one input. */
const HUNG_SECONDS = 30;
const REPORT_MS = 10_000;
const MOST_FAILURES = 20;

if (isMainThread) await watch();
else work(workerData as Task);

function work({ seed, from, to, done }: Task): void {
  const corpus = readCorpus(process.cwd());
  const counter = new Int32Array(done);
  const seen = new Set<string>();
  for (let index = from; index < to; index++) {
    const failure = tryInput(seed, index, corpus);
    if (failure !== null && !seen.has(headline(failure.problem))) {
      seen.add(headline(failure.problem));
      parentPort?.postMessage(failure);
      if (seen.size >= MOST_FAILURES) break;
    }
    Atomics.store(counter, 0, index + 1 - from);
  }
  parentPort?.postMessage(null);
}

async function watch(): Promise<void> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      seconds: { type: 'string', default: '0' },
    },
  });
  const [seed, from, inputs] = [Number(values.seed), Number(values.from), Number(values.inputs)];
  const limitMs = Number(values.seconds) * 1000;
  const done = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const counter = new Int32Array(done);
  const started = performance.now();
  const failures: Failure[] = [];
  let hung: number | null = null;

  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: { seed, from, to: from + inputs, done } satisfies Task,
  });
  await new Promise<void>((end, fail) => {
    let before = { count: 0, processor: processorSeconds(), reportedAt: started };
    const timer = setInterval(() => {
      const now = performance.now();
      const count = Atomics.load(counter, 0);
      const processor = processorSeconds();
      if (count !== before.count) before = { ...before, count, processor };
      else if (processor - before.processor > HUNG_SECONDS) {
        hung = from + count;
        end();
      }
      if (now - before.reportedAt > REPORT_MS) {
        before = { ...before, reportedAt: now };
        report(count);
      }
      if (limitMs > 0 && now - started > limitMs) end();
    }, 250);
    worker.on('message', (message: Failure | null) => {
      if (message === null) end();
      else {
        failures.push(message);
        describe(message);
      }
    });
    worker.on('error', fail);
    worker.on('exit', () => {
      clearInterval(timer);
      end();
    });
  });
  await worker.terminate();
  if (hung !== null) {
    const { kind, text } = inputAt(seed, hung, readCorpus(process.cwd()));
    describe({ index: hung, kind, problem: `hangs: no end after ${HUNG_SECONDS} s of the processor`, text });
  }
  report(Atomics.load(counter, 0));
  process.stdout.write(
    failures.length === 0 && hung === null
      ? 'no failures\n'
      : `${failures.length + (hung === null ? 0 : 1)} failures\n`,
  );
  process.exitCode = failures.length === 0 && hung === null ? 0 : 1;

  function report(count: number): void {
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(`${count} of ${inputs} inputs, ${Math.round(count / seconds)} a second, seed ${seed}\n`);
  }
}

function describe({ index, kind, problem, text }: Failure): void {
  process.stdout.write(`input ${index} (${kind}) ${problem}\n  ${JSON.stringify(text)}\n`);
}
