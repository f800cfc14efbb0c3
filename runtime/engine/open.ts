import { EngineError } from '../errors.ts';
import { GRAPHS, isWhole } from './environment.ts';
import { openNativeEngine } from './native/open.ts';
import { type LocatedBinding, locateBinding } from './provision/locate.ts';
import type { Engine } from './types.ts';

const CHOICES = ['native', 'wasm', 'cpu'] as const;
type Choice = (typeof CHOICES)[number];

/** Smaller graphs are run op by op sooner than TensorFlow has taken them in. */
const FEWEST_NODES = 64;

/**
 * Opens the fastest engine this machine has: TensorFlow with CUDA, TensorFlow on the CPU, WebAssembly, plain JavaScript.
 * `EXP_ENGINE` (native, wasm or cpu) asks for one of them; `EXP_GRAPHS=stepwise` has TensorFlow on the CPU run schedules op
 * by op instead of each as one graph.
 *
 * @throws EngineError when the engine that was asked for is not there, and for values that neither variable has
 */
export async function openEngine(environment: NodeJS.ProcessEnv = process.env): Promise<Engine> {
  checkGraphs(environment);
  const choice = choiceIn(environment);
  if (choice === 'wasm' || choice === 'cpu') return openPortable(choice, null);

  const located = locateBinding(environment);
  if (choice === 'native') {
    if (located !== null) return openNative(located, environment);
    throw new EngineError('EXP_ENGINE=native asks for TensorFlow, which is not set up.', { help: 'Run `exp setup`.' });
  }
  if (located === null) return fallBack('TensorFlow is not set up');
  try {
    return openNative(located, environment);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return fallBack(error.message);
  }
}

function openNative(located: LocatedBinding, environment: NodeJS.ProcessEnv): Engine {
  return openNativeEngine(located, isWhole(environment) ? { wholeFrom: FEWEST_NODES } : {});
}

function choiceIn(environment: NodeJS.ProcessEnv): Choice | null {
  const wanted = environment.EXP_ENGINE;
  if (!wanted) return null;
  const choice = CHOICES.find((name) => name === wanted);
  if (choice !== undefined) return choice;
  throw new EngineError(`EXP_ENGINE=${wanted} names no engine.`, { help: `It may be ${CHOICES.join(', ')}.` });
}

function checkGraphs({ EXP_GRAPHS: wanted }: NodeJS.ProcessEnv): void {
  if (!wanted || GRAPHS.some((name) => name === wanted)) return;
  throw new EngineError(`EXP_GRAPHS=${wanted} is no way to run graphs.`, { help: `It may be ${GRAPHS.join(' or ')}.` });
}

/** @param reason why not TensorFlow, without a full stop */
async function fallBack(reason: string): Promise<Engine> {
  const mend = 'Run `exp setup` for TensorFlow.';
  try {
    return await openPortable('wasm', `${reason}; WebAssembly runs instead, some fifty times slower. ${mend}`);
  } catch {
    return openPortable('cpu', `${reason}; plain JavaScript runs instead, a thousand times slower. ${mend}`);
  }
}

/** Only now is tfjs loaded: whoever has TensorFlow never pays for it. */
async function openPortable(backend: 'wasm' | 'cpu', notice: string | null): Promise<Engine> {
  const { openPortableEngine } = await import('./portable/open.ts');
  return openPortableEngine(backend, notice);
}
