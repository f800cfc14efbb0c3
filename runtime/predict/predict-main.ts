import { text } from 'node:stream/consumers';
import { ExpError } from '../errors.ts';
import { refusalText } from '../run/folder-trouble.ts';
import { listenForStop } from '../training/stop-request.ts';
import type { PredictEvent } from './events.ts';
import { requestSchema } from './request.ts';
import { runPredict } from './run-predict.ts';

/** The process behind `exp predict` and `exp evaluate`: a request on standard input, events on standard output. */
async function main(): Promise<number> {
  // Nobody reads any more: whoever asked is gone.
  process.stdout.on('error', () => process.exit(2));
  const stop = listenForStop();
  try {
    return await runPredict(requestSchema.parse(JSON.parse(await text(process.stdin))), emit, stop);
  } catch (error) {
    // For us, with the stack.
    console.error(error);
    emit({ type: 'failed', ...describe(error) });
    return 2;
  } finally {
    stop.close();
  }
}

function emit(event: PredictEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function describe(error: unknown): { readonly code: string; readonly message: string; readonly help: string | null } {
  if (error instanceof ExpError) return { code: error.code, message: error.message, help: error.help };
  const refusal = refusalText(error);
  if (refusal !== null) return { code: 'EXP4601', message: refusal, help: 'choose another place with --output' };
  const message = error instanceof Error ? error.message : String(error);
  const help = 'this is a mistake of exp itself; EXP_DEBUG=1 shows where it happened';
  return { code: 'EXP4999', message: `the prediction failed: ${message}`, help };
}

// Not process.exit: what was written to a pipe must arrive first.
process.exitCode = await main();
