import type { Diagnostic } from './diagnostic.ts';
import { positionOf, type Span } from './source.ts';

/** Diagnostics for programs: `exp check --format json`. Lines and columns from 1, offsets from 0, ends exclusive. */

export interface JsonPosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface JsonLocation {
  readonly file: string;
  readonly start: JsonPosition;
  readonly end: JsonPosition;
}

export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly location: JsonLocation;
  readonly label: string | null;
  readonly related: readonly { readonly location: JsonLocation; readonly message: string }[];
  readonly help: string | null;
  readonly fix: { readonly title: string; readonly location: JsonLocation; readonly replacement: string } | null;
}

export function renderJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(diagnostics.map(jsonDiagnostic), null, 2)}\n`;
}

export function jsonDiagnostic(diagnostic: Diagnostic): JsonDiagnostic {
  const { code, severity, message, label, help, fix } = diagnostic;
  return {
    code,
    severity,
    message,
    location: jsonLocation(diagnostic.span),
    label,
    related: diagnostic.related.map(({ span, message: text }) => ({ location: jsonLocation(span), message: text })),
    help,
    fix: fix === null ? null : { title: fix.title, location: jsonLocation(fix.span), replacement: fix.replacement },
  };
}

function jsonLocation(span: Span): JsonLocation {
  const position = (offset: number): JsonPosition => ({ ...positionOf(span.file, offset), offset });
  return { file: span.file.path, start: position(span.start), end: position(span.end) };
}
