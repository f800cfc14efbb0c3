import type { Expression, Name, Reference } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { parse } from '../../dsl/parser.ts';
import { type SourceFile, type Span, spanText } from '../../dsl/source.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import type { Layer } from './bound.ts';

/** `--set optimizer.learning_rate=3e-4`, or one value of a sweep: read but not yet applied. */
export interface Override {
  /** As given. */
  readonly text: string;
  readonly path: Reference;
  readonly segments: readonly Name[];
  /** What follows the `=`; `missing` where it is no value of the language (it may still be plain text). */
  readonly value: Expression;
  /** The same as plain text, for fields that take text. */
  readonly raw: { readonly text: string; readonly span: Span };
  readonly layer: Layer;
}

const PATH = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_0-9][\w-]*)*$/;

export function readOverride(text: string, report: (diagnostic: Diagnostic) => void): Override | null {
  const file: SourceFile = { path: '--set', text };
  const equals = text.indexOf('=');
  const written = equals < 0 ? text : text.slice(0, equals).trimEnd();
  const whole: Span = { file, start: 0, end: text.length };
  const fail = (reason: string) => {
    report(
      reportName('EXP2301', whole, { text, reason }, { help: 'for example `--set optimizer.learning_rate=3e-4`' }),
    );
    return null;
  };
  if (equals < 0) return fail('there is no `=`');
  if (!PATH.test(written)) return fail('before the `=` stands the path of a setting');
  const raw = text.slice(equals + 1);
  if (raw.trim() === '') return fail('there is no value after the `=`');
  const span = { file, start: equals + 1, end: text.length };
  return {
    text,
    path: { kind: 'reference', span: { file, start: 0, end: written.length }, text: written },
    segments: segmentsOf(written, { file, start: 0, end: written.length }),
    value: parseValue(raw, span) ?? { kind: 'missing', span },
    raw: { text: raw, span },
    layer: { kind: 'set', text },
  };
}

/** The names of a dotted path, each with its place. */
export function segmentsOf(path: string, span: Span): readonly Name[] {
  // Blanks around a dot are possible, and nobody's habit: then each name points at the whole path.
  const isPlain = spanText(span) === path;
  let { start } = span;
  return path.split('.').map((text) => {
    const at = isPlain ? { file: span.file, start, end: start + text.length } : span;
    const name: Name = { kind: 'name', span: at, text };
    start += text.length + 1;
    return name;
  });
}

const BEFORE = 'experiment set {\n  value: ';

/** Text → the one value it is, with spans in the file that it came from; null where it is none, or more than one. */
export function parseValue(text: string, span: Span): Expression | null {
  const [file, diagnostics] = parse({ path: span.file.path, text: `${BEFORE}${text}\n}` });
  const [experiment, ...others] = file.items;
  if (diagnostics.length > 0 || others.length > 0 || experiment?.kind !== 'experiment') return null;
  const [setting, ...rest] = experiment.body;
  if (setting?.kind !== 'setting' || rest.length > 0) return null;
  return movedTo(span, setting.value);
}

/** The same tree, with its spans in another file. */
function movedTo(target: Span, expression: Expression): Expression {
  const shift = target.start - BEFORE.length;
  const move = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(move);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [
        key,
        isSpan(value) ? moveSpan(value, target.file, shift) : move(value),
      ]),
    );
  };
  // Only spans change, so the shape of the tree is what it was.
  return move(expression) as Expression;
}

function isSpan(value: unknown): value is Span {
  return typeof value === 'object' && value !== null && 'file' in value && 'start' in value && 'end' in value;
}

function moveSpan(span: Span, file: SourceFile, shift: number): Span {
  return { file, start: span.start + shift, end: span.end + shift };
}
