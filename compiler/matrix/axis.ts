import type { Expression, List, NumberLiteral, Range, Reference } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { type Span, spanText } from '../../dsl/source.ts';
import type { BoundAxis, BoundSweep } from '../bind/bound.ts';
import { type Override, segmentsOf } from '../bind/override.ts';
import { reportMatrix } from '../diagnostics/matrix.ts';
import { describeExpression } from '../fields/values/describe.ts';

/** One value to try for one setting. */
export interface Choice {
  readonly override: Override;
  /** As a plan, a table and MLflow show it: numbers as JavaScript prints them, so that `1e-4` and `0.0001` are one. */
  readonly text: string;
}

/** One setting, and what to try for it. */
export interface Axis {
  readonly path: string;
  readonly span: Span;
  /** As written: `[1e-4, 3e-4]`, `log(1e-5..1e-3)`. */
  readonly written: string;
  readonly values:
    | { readonly kind: 'list'; readonly choices: readonly Choice[] }
    | {
        readonly kind: 'range';
        readonly from: number;
        readonly to: number;
        /** By magnitude: each power of ten is as likely as the next. */
        readonly log: boolean;
        /** The choice of one number in the range. */
        readonly at: (value: number) => Choice;
      };
}

/** What belongs to the sweep as a whole, and why. */
const THE_SAME_FOR_ALL: Readonly<Record<string, string>> = {
  description: 'it describes the experiment',
  track: 'they are reported in one place',
  budget: 'it is for all of them together',
  folds: 'each trial runs in every fold',
  metrics: 'they are ranked by what validation measures',
  'schedule.keep_best': 'they are ranked by it',
};

/** @returns null after a diagnostic was reported */
export function readAxis(
  { path, values }: BoundAxis,
  sweep: BoundSweep,
  evaluate: (expression: Expression) => Expression | null,
  report: (diagnostic: Diagnostic) => void,
): Axis | null {
  const fixed = Object.entries(THE_SAME_FOR_ALL).find(
    ([name]) => path.text === name || path.text.startsWith(`${name}.`),
  );
  if (fixed !== undefined) {
    report(reportMatrix('EXP2406', path.span, { path: path.text, reason: fixed[1] }));
    return null;
  }
  const value = evaluate(values);
  if (value === null) return null;
  const axis = { path: path.text, span: path.span, written: spanText(values.span).replace(/\s+/g, ' ') };
  const segments = segmentsOf(path.text, path.span);
  const choiceOf = (expression: Expression) => choice({ path, segments, layer: sweep.layer }, expression);
  if (value.kind === 'list') {
    const choices = readList(path, value, choiceOf, report);
    return choices === null ? null : { ...axis, values: { kind: 'list', choices } };
  }
  const range = sweep.strategy?.kind === 'random' ? rangeOf(value) : null;
  if (range !== null) {
    if (!isDrawable(range, report)) return null;
    const { from, to } = range.range;
    const at = (number: number) => choiceOf({ ...to, span: value.span, value: number, text: String(number) });
    return { ...axis, values: { kind: 'range', from: from.value, to: to.value, log: range.log, at } };
  }
  const random = sweep.strategy?.kind === 'random';
  const parameters = {
    strategy: random ? 'random' : 'grid',
    expected: random ? 'a list or a range' : 'a list',
    path: path.text,
    found: describeExpression(value),
  };
  const drawn = value.kind === 'range' || (value.kind === 'call' && value.callee.text === 'log');
  const help = drawn
    ? random
      ? 'for example `log(1e-5..1e-3)`'
      : 'only `sweep random(trials: 20) { … }` draws from a range'
    : `for example \`${path.text}: [${value.kind === 'missing' ? '…' : spanText(value.span)}, …]\``;
  report(reportMatrix('EXP2401', values.span, parameters, { help }));
  return null;
}

function readList(
  path: Reference,
  list: List,
  choiceOf: (expression: Expression) => Choice,
  report: (diagnostic: Diagnostic) => void,
): readonly Choice[] | null {
  if (list.items.length === 0) {
    report(reportMatrix('EXP2402', list.span, { what: `\`${path.text}\`` }, { help: 'write values, or remove it' }));
    return null;
  }
  const choices = new Map<string, Choice>();
  let isBroken = false;
  for (const item of list.items) {
    const chosen = choiceOf(item);
    const earlier = choices.get(chosen.text);
    if (item.kind === 'missing') isBroken = true;
    else if (earlier === undefined) choices.set(chosen.text, chosen);
    else {
      isBroken = true;
      const related = [{ span: earlier.override.value.span, message: 'the first is here' }];
      report(reportMatrix('EXP2403', item.span, { path: path.text, value: chosen.text }, { related }));
    }
  }
  return isBroken ? null : [...choices.values()];
}

/** `1e-5..1e-3` and `log(1e-5..1e-3)`. */
function rangeOf(value: Expression): { readonly range: Range; readonly log: boolean } | null {
  if (value.kind === 'range') return { range: value, log: false };
  if (value.kind !== 'call' || value.callee.text !== 'log') return null;
  const [argument, ...rest] = value.arguments;
  if (argument === undefined || rest.length > 0 || argument.name !== null || argument.value.kind !== 'range')
    return null;
  return { range: argument.value, log: true };
}

function isDrawable(
  { range, log }: { readonly range: Range; readonly log: boolean },
  report: (diagnostic: Diagnostic) => void,
): boolean {
  const { from, to, span } = range;
  const parameters = { range: spanText(span) };
  const refuse = (reason: string) => {
    report(reportMatrix('EXP2405', span, { ...parameters, reason }));
    return false;
  };
  if (!Number.isFinite(from.value) || !Number.isFinite(to.value)) return refuse('a bound is not a number');
  // `10..50%` and `10%..50%` are the same to a person.
  if (from.unit !== null && from.unit !== to.unit) return refuse('its bounds have different units');
  if (log && (from.value <= 0 || to.value <= 0)) {
    report(reportMatrix('EXP2404', span, parameters, { help: 'for example `log(1e-5..1e-3)`' }));
    return false;
  }
  return from.value < to.value || refuse('it does not run from the smaller to the larger bound');
}

function choice(target: Pick<Override, 'path' | 'segments' | 'layer'>, value: Expression): Choice {
  const text = textOf(value);
  return { override: { ...target, text: `${target.path.text}=${text}`, value, raw: { text, span: value.span } }, text };
}

function textOf(value: Expression): string {
  if (value.kind === 'number') return numberText(value);
  if (value.kind === 'string') return value.value;
  return spanText(value.span).replace(/\s+/g, ' ');
}

function numberText({ value, unit }: NumberLiteral): string {
  return unit === null ? String(value) : `${value}${/^\w{2,}/.test(unit) ? ' ' : ''}${unit}`;
}
