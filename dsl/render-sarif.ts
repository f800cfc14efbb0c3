import type { Diagnostic, DiagnosticTable, Fix, Severity } from './diagnostic.ts';
import { positionOf, type Span } from './source.ts';

/**
 * Diagnostics for code-scanning services: `exp check --format sarif`.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */

export interface SarifOptions {
  readonly toolVersion: string;
  /** The tables of all layers merged; each code that occurs is described as a rule. */
  readonly definitions: DiagnosticTable;
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<Severity, string>;

export function renderSarif(diagnostics: readonly Diagnostic[], options: SarifOptions): string {
  const codes = [...new Set(diagnostics.map((diagnostic) => diagnostic.code))].sort();
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'exp',
            semanticVersion: options.toolVersion,
            rules: codes.map((code) => rule(code, options.definitions)),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => result(diagnostic, codes.indexOf(diagnostic.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function rule(code: string, definitions: DiagnosticTable) {
  const definition = definitions[code];
  if (definition === undefined) return { id: code };
  return {
    id: code,
    shortDescription: { text: definition.message },
    help: { text: definition.explanation, markdown: definition.explanation },
    defaultConfiguration: { level: LEVELS[definition.severity] },
  };
}

function result(diagnostic: Diagnostic, ruleIndex: number) {
  const { code, severity, message, label, help, related, fix, span } = diagnostic;
  const text = [message, label, help === null ? null : `help: ${help}`].filter((part) => part !== null).join('\n');
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text },
    locations: [{ physicalLocation: physicalLocation(span) }],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((other, id) => ({
            id,
            message: { text: other.message },
            physicalLocation: physicalLocation(other.span),
          })),
        }),
    ...(fix === null ? {} : { fixes: [sarifFix(fix)] }),
  };
}

function sarifFix(fix: Fix) {
  return {
    description: { text: fix.title },
    artifactChanges: [
      {
        artifactLocation: { uri: uriOf(fix.span.file.path) },
        replacements: [{ deletedRegion: region(fix.span), insertedContent: { text: fix.replacement } }],
      },
    ],
  };
}

function physicalLocation(span: Span) {
  return { artifactLocation: { uri: uriOf(span.file.path) }, region: region(span) };
}

function region(span: Span) {
  const start = positionOf(span.file, span.start);
  const end = positionOf(span.file, span.end);
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A relative path as a URI reference. */
function uriOf(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}
