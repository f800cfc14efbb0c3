import { parseArgs } from 'node:util';
import { describeMachine, load, machineFacts } from './machine.ts';

export interface Options {
  /** Small sizes and few repetitions: under two minutes. */
  readonly quick: boolean;
  /** Whether a case is asked for: all are, unless `--only WORD` names some by a part of their name. */
  readonly wants: (name: string) => boolean;
}

/** `[--quick] [--only WORD…]`, the same for every bench. Says what machine this is. */
export function benchOptions(): Options {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true, default: [] } },
  });
  const words = values.only;
  process.stdout.write(`${describeMachine(machineFacts())}; load ${load()}\n`);
  return {
    quick: values.quick,
    wants: (name) => words.length === 0 || words.some((word) => name.includes(word)),
  };
}

export const isMeasuring = process.argv.includes('--measure');
