import type { Span } from './source.ts';

/** Mistakes of users are data: every stage returns `[result, diagnostics]`. */

export type Severity = 'error' | 'warning' | 'info';

/** A replacement that `exp fix` and editors can apply as it stands. */
export interface Fix {
  readonly title: string;
  readonly span: Span;
  readonly replacement: string;
}

export interface RelatedSpan {
  readonly span: Span;
  readonly message: string;
}

export interface Diagnostic {
  /** Stable, e.g. `EXP2104`. 1xxx syntax, 2xxx names and types, 3xxx rules across fields, 4xxx environment, data, run. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence in the user's words. */
  readonly message: string;
  readonly span: Span;
  /** Short text under the carets, where it says more than the message. */
  readonly label: string | null;
  readonly related: readonly RelatedSpan[];
  readonly help: string | null;
  readonly fix: Fix | null;
}

export interface DiagnosticDefinition {
  readonly severity: Severity;
  /** `{name}` placeholders become typed parameters of the creator. */
  readonly message: string;
  /** What `exp explain CODE` prints: why it is a mistake, how to mend it, with an example. Markdown. */
  readonly explanation: string;
}

type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

export type DiagnosticParameters<T extends string> = Readonly<Record<Placeholders<T>, string | number>>;

export interface DiagnosticOptions {
  readonly label?: string;
  readonly related?: readonly RelatedSpan[];
  readonly help?: string;
  readonly fix?: Fix;
}

export type DiagnosticTable = Readonly<Record<string, DiagnosticDefinition>>;

/**
 * A creator function typed by a table: an unknown code or a missing placeholder does not compile.
 *
 * @example
 * const report = diagnosticCreator(SYNTAX_DIAGNOSTICS);
 * report('EXP1003', span, { found: '}' }, { help: '…' });
 */
export function diagnosticCreator<const T extends DiagnosticTable>(table: T) {
  return <C extends keyof T & string>(
    code: C,
    span: Span,
    parameters: DiagnosticParameters<T[C]['message']>,
    options: DiagnosticOptions = {},
  ): Diagnostic => {
    const definition: DiagnosticDefinition = table[code] as DiagnosticDefinition;
    const values: Readonly<Record<string, string | number>> = parameters;
    return {
      code,
      severity: definition.severity,
      message: definition.message.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name])),
      span,
      label: options.label ?? null,
      related: options.related ?? [],
      help: options.help ?? null,
      fix: options.fix ?? null,
    };
  };
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/**
 * Each once: what one line causes under several profiles, or in several files that import it, is one mistake. So is a character
 * that cannot be read, and the value that it cuts in two: `20~h` does not lack a unit.
 */
export function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  const cuts = diagnostics.filter(({ code }) => code === 'EXP1001').map(({ span }) => span);
  return diagnostics.filter(({ code, message, span }) => {
    if (cuts.some(({ file, start, end }) => file === span.file && (span.end === start || span.start === end)))
      return false;
    const key = JSON.stringify([code, message, span.file.path, span.start, span.end]);
    return !seen.has(key) && seen.add(key);
  });
}
