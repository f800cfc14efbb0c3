import type { Diagnostic, Fix, Severity } from './diagnostic.ts';
import type { Paint, Style } from './paint.ts';
import { type Annotation, drawLine, type Gutter } from './render-source-line.ts';
import { lineText, locationOf, positionOf, type SourceFile, type Span } from './source.ts';
import { asciiOnly, printable, textWidth } from './text-width.ts';

/** Diagnostics as text: one code frame each, in the style that `language.md` promises. */

export interface RenderOptions {
  /** ANSI colours; off by default. */
  readonly color?: boolean;
  /** Frame and text in ASCII only. */
  readonly ascii?: boolean;
  /** Columns of the terminal; longer source lines are cut around what matters. 100 by default. */
  readonly width?: number;
}

const DEFAULT_WIDTH = 100;
const NARROWEST = 40;

const ESCAPES: Readonly<Record<Style, string>> = {
  error: '\u001b[1;31m',
  warning: '\u001b[1;33m',
  info: '\u001b[1;36m',
  frame: '\u001b[34m',
  related: '\u001b[36m',
  strong: '\u001b[1m',
  plain: '',
};
const RESET = '\u001b[0m';

/** All diagnostics, each followed by an empty line. */
export function renderText(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  return diagnostics.map((diagnostic) => `${renderDiagnostic(diagnostic, options)}\n`).join('\n');
}

/** `2 errors, 1 warning`; empty where there is nothing. */
export function summarize(diagnostics: readonly Diagnostic[]): string {
  const counted = (severity: Severity, word: string) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  };
  return [...counted('error', 'error'), ...counted('warning', 'warning'), ...counted('info', 'note')].join(', ');
}

/** One diagnostic, without a line end after it. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const width = Math.max(NARROWEST, options.width ?? DEFAULT_WIDTH);
  const paint: Paint = options.color
    ? (text, style) => (style === 'plain' ? text : ESCAPES[style] + text + RESET)
    : (text) => text;
  const clean = (text: string) => (options.ascii ? asciiOnly(printable(text)) : printable(text));
  const frames = framesOf(diagnostic);
  const digits = Math.max(2, ...frames.flatMap((frame) => frame.lines.map(({ line }) => String(line).length)));
  const gutter = gutterOf(digits, paint, options.ascii ?? false);

  const title = `${paint(`${diagnostic.severity}[${diagnostic.code}]`, diagnostic.severity)}${paint(`: ${clean(diagnostic.message)}`, 'strong')}`;
  const output = [title];
  for (const frame of frames) {
    output.push(`${gutter.corner} ${clean(frame.location)}`, gutter.empty);
    let previous: number | null = null;
    for (const { line, annotations } of frame.lines) {
      if (previous !== null && line > previous + 1) output.push(gutter.skip);
      const text = lineText(frame.file, line);
      output.push(...drawLine({ text, line, annotations, gutter, width, paint, clean, severity: diagnostic.severity }));
      previous = line;
    }
  }
  const notes = notesOf(diagnostic, clean);
  if (notes.length > 0) output.push(gutter.empty);
  for (const { label, text } of notes) {
    const head = `${' '.repeat(digits)}${paint('=', 'frame')} ${paint(`${label}:`, 'strong')} `;
    const indent = ' '.repeat(digits + textWidth(label) + 4);
    const [sentence = '', ...example] = text.split('\n');
    output.push(head + [...wrap(sentence, width - indent.length), ...example].join(`\n${indent}`));
  }
  return output.map((line) => line.trimEnd()).join('\n');
}

interface Frame {
  readonly file: SourceFile;
  readonly location: string;
  readonly lines: readonly { readonly line: number; readonly annotations: readonly Annotation[] }[];
}

/** One frame a file: the primary span's first, with the related spans of that file in it. */
function framesOf(diagnostic: Diagnostic): Frame[] {
  const marks = [
    { span: diagnostic.span, message: diagnostic.label ?? '', primary: true },
    ...diagnostic.related.map(({ span, message }) => ({ span, message, primary: false })),
  ];
  const files = [...new Set(marks.map(({ span }) => span.file))];
  return files.map((file) => {
    const here = marks.filter(({ span }) => span.file === file);
    const byLine = new Map<number, Annotation[]>();
    for (const mark of here) {
      const { line, column } = positionOf(file, mark.span.start);
      const known = byLine.get(line) ?? [];
      known.push({ start: column - 1, end: endOnLine(mark.span, line), message: mark.message, primary: mark.primary });
      byLine.set(line, known);
    }
    const lines = [...byLine].sort(([a], [b]) => a - b).map(([line, annotations]) => ({ line, annotations }));
    return { file, location: locationOf(here[0]?.span ?? diagnostic.span), lines };
  });
}

/** Where a span ends on its first line, as an offset within it. */
function endOnLine(span: Span, line: number): number {
  const end = positionOf(span.file, span.end);
  return end.line === line ? end.column - 1 : lineText(span.file, line).length;
}

function gutterOf(digits: number, paint: Paint, ascii: boolean): Gutter {
  const pad = ' '.repeat(digits);
  const bar = paint(ascii ? '|' : '│', 'frame');
  return {
    width: digits + 2,
    corner: `${pad}${paint(ascii ? '-->' : '┌─', 'frame')}`,
    empty: `${pad}${bar}`,
    skip: paint(`${' '.repeat(digits - 1)}${ascii ? '...' : '⋮'}`, 'frame'),
    numbered: (line) => `${paint(String(line).padStart(digits), 'frame')}${bar} `,
  };
}

function notesOf(diagnostic: Diagnostic, clean: (text: string) => string): { label: string; text: string }[] {
  const notes =
    diagnostic.help === null ? [] : [{ label: 'help', text: diagnostic.help.split('\n').map(clean).join('\n') }];
  if (diagnostic.fix !== null)
    notes.push({ label: 'fix', text: clean(fixedLine(diagnostic.fix) ?? diagnostic.fix.title) });
  return notes;
}

const LONGEST_FIX = 80;

/** The line as it reads after the fix; null where that is no single short line. */
function fixedLine(fix: Fix): string | null {
  const { file, start, end } = fix.span;
  const { line, column } = positionOf(file, start);
  if (positionOf(file, end).line !== line || /[\r\n]/.test(fix.replacement)) return null;
  const text = lineText(file, line);
  const fixed = (text.slice(0, column - 1) + fix.replacement + text.slice(column - 1 + end - start)).trim();
  return fixed.length === 0 || fixed.length > LONGEST_FIX ? null : fixed;
}

/** Breaks at spaces; a word longer than a line stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
