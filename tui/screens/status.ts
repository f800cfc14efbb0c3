import { assertNever } from '../../dsl/assert-never.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import type { Tone } from '../terminal/style.ts';

/** One word for how a run stands, and how it looks. */
export function describeStatus(state: RunState): { readonly text: string; readonly tone: Tone } {
  switch (state.status) {
    case 'starting':
      return { text: 'starting', tone: 'accent' };
    case 'running':
      return state.paused ? { text: 'paused', tone: 'warning' } : { text: state.phase, tone: 'accent' };
    case 'completed':
      return { text: 'completed', tone: 'good' };
    case 'early_stopped':
      return { text: 'stopped early: no more progress', tone: 'good' };
    case 'stopped_early':
      return { text: 'stopped early by halving', tone: 'plain' };
    case 'stopped':
      return { text: 'stopped', tone: 'warning' };
    case 'failed':
      return { text: 'failed', tone: 'bad' };
    case 'killed':
      return { text: 'killed', tone: 'bad' };
    default:
      return assertNever(state.status);
  }
}

const ENGINE_NAMES: Readonly<Record<string, string>> = {
  'tensorflow-cuda': 'TensorFlow on the GPU',
  'tensorflow-cpu': 'TensorFlow on the CPU',
  wasm: 'WebAssembly',
  cpu: 'plain JavaScript',
};

export function engineName(backend: string): string {
  return ENGINE_NAMES[backend] ?? backend;
}
