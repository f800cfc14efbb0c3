import type { Corpus } from './corpus.ts';
import { type Depth, type Input, inputAt } from './inputs.ts';
import { minimise } from './minimise.ts';
import { probe } from './probe.ts';

export interface Failure {
  readonly index: number;
  readonly kind: Input['kind'];
  readonly problem: string;
  /** The smallest text with the same problem. */
  readonly text: string;
}

/** Processor time that one input may take; most take a fifth of a millisecond. */
const SLOW_SECONDS = 2;

/** Of this process: what other programs do to the clock does not count. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Tries one input. @returns null where all is well */
export function tryInput(seed: number, index: number, corpus: Corpus): Failure | null {
  const { kind, text, depth } = inputAt(seed, index, corpus);
  const problem = timed(text, depth);
  if (problem === null) return null;
  const isSame = (other: string | null) => other !== null && headline(other) === headline(problem);
  const smallest = problem === TOO_SLOW ? text : minimise(text, (smaller) => isSame(probe(smaller, depth)));
  return { index, kind, problem, text: smallest };
}

/** Problems of one kind are one, whatever numbers stand in them. */
export function headline(problem: string): string {
  return problem.replace(/\d+/g, '#');
}

const TOO_SLOW = `takes more than ${SLOW_SECONDS} s of the processor`;

function timed(text: string, depth: Depth): string | null {
  const before = processorSeconds();
  const problem = probe(text, depth);
  return problem === null && processorSeconds() - before > SLOW_SECONDS ? TOO_SLOW : problem;
}
