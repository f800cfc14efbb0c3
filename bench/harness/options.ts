import { parseArgs } from 'node:util';
import { describeMachine, load, machineFacts } from './machine.ts';

export interface Options {
  /** Small sizes and few repetitions: under two minutes. */
  readonly quick: boolean;
  /** Whether a case is asked for: all are, unless `--only WORD` names some by a part of their name. */
  readonly wants: (name: string) => boolean;
  /** How often each subject gets its turn, where that is not the case's own number. */
  readonly rounds: number | null;
}

/** `[--quick] [--only WORD…] [--rounds N]`, the same for every bench. Says what machine this is. */
export function benchOptions(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
    },
  });
  const words = values.only;
  process.stdout.write(`${describeMachine(machineFacts())}; load ${load()}\n`);
  return {
    quick: values.quick,
    rounds: values.rounds === undefined ? null : Math.max(1, Number(values.rounds)),
    wants: (name) => words.length === 0 || words.some((word) => name.includes(word)),
  };
}

export const isMeasuring = process.argv.includes('--measure');
