import type { SweepStrategy } from '../bind/bound.ts';
import { type RandomStream, randomStream } from '../graph/random.ts';
import type { Axis, Choice } from './axis.ts';

/** One combination of values, in the order of the axes. */
export type Trial = readonly Choice[];

/** How many combinations there are; infinite where a range takes any number. */
export function combinations(axes: readonly Axis[], isWhole: (axis: Axis) => boolean): number {
  return axes.reduce((product, axis) => {
    if (axis.values.kind === 'list') return product * axis.values.choices.length;
    const { from, to } = axis.values;
    return product * (isWhole(axis) ? Math.floor(to) - Math.ceil(from) + 1 : Number.POSITIVE_INFINITY);
  }, 1);
}

/** Every combination; the last axis changes fastest. */
export function gridTrials(axes: readonly Axis[]): readonly Trial[] {
  return axes.reduce<readonly Trial[]>(
    (trials, { values }) =>
      values.kind === 'list' ? trials.flatMap((trial) => values.choices.map((choice) => [...trial, choice])) : trials,
    [[]],
  );
}

/** A drawing that repeats itself this often has as good as run out of combinations; those that are left come in order. */
const PATIENCE = 200;

/**
 * So many different combinations, the same on every machine. Each axis has a stream of its own, so that another axis
 * beside it does not change what this one draws.
 *
 * @param isWhole whether an axis takes whole numbers only
 */
export function randomTrials(
  axes: readonly Axis[],
  { trials: count, seed }: Extract<SweepStrategy, { kind: 'random' }>,
  isWhole: (axis: Axis) => boolean,
): readonly Trial[] {
  const drawers = axes.map((axis) => drawer(axis, randomStream(seed, `sweep ${axis.path}`), isWhole(axis)));
  const trials = new Map<string, Trial>();
  for (let repeats = 0; trials.size < count && repeats < PATIENCE; ) {
    const trial = drawers.map((draw) => draw());
    const key = JSON.stringify(trial.map(({ text }) => text));
    if (trials.has(key)) repeats++;
    else {
      trials.set(key, trial);
      repeats = 0;
    }
  }
  for (const trial of trials.size < count ? gridTrials(axes.map((axis) => asList(axis, isWhole(axis)))) : []) {
    const key = JSON.stringify(trial.map(({ text }) => text));
    if (trials.size < count && !trials.has(key)) trials.set(key, trial);
  }
  return [...trials.values()];
}

function drawer({ values }: Axis, random: RandomStream, whole: boolean): () => Choice {
  if (values.kind === 'list') {
    const { choices } = values;
    return () => {
      const chosen = choices[Math.floor(random.uniform() * choices.length)];
      if (chosen === undefined) throw new Error('an axis has at least one value');
      return chosen;
    };
  }
  const { from, to, log, at } = values;
  // Half a step more at either end, so that the bounds of whole numbers are as likely as what lies between.
  const [low, high] = whole ? [Math.ceil(from) - 0.5, Math.floor(to) + 0.5] : [from, to];
  const bounded = (value: number) => Math.min(to, Math.max(from, value));
  return () => {
    const u = random.uniform();
    const value = log ? Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low))) : low + u * (high - low);
    return at(bounded(whole ? Math.round(value) : readable(value)));
  };
}

/** Four digits: nobody's result hangs on the fifth, and a person can type it again. */
function readable(value: number): number {
  return Number(value.toPrecision(4));
}

function asList(axis: Axis, whole: boolean): Axis {
  const { values } = axis;
  if (values.kind === 'list' || !whole) return axis;
  const first = Math.ceil(values.from);
  const choices = Array.from({ length: Math.floor(values.to) - first + 1 }, (_, i) => values.at(first + i));
  return { ...axis, values: { kind: 'list', choices } };
}
