import { check } from '../../compiler/check.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { BEYOND_THE_GRAMMAR } from '../../dsl/grammar.ts';
import { parse } from '../../dsl/parser.ts';
import { format } from '../../dsl/print.ts';
import { renderText } from '../../dsl/render-diagnostic.ts';
import type { SourceFile, Span } from '../../dsl/source.ts';
import type { Depth } from './inputs.ts';

/** What must hold of any text whatever. @returns what does not, or null */
export function probe(text: string, depth: Depth): string | null {
  try {
    const file: SourceFile = { path: 'fuzz.exp', text };
    const [tree, syntax] = parse(file);
    const wrong = badSpan(tree, file) ?? badDiagnostics(syntax, file) ?? badFormat(file, syntax);
    if (wrong !== null || depth === 'parse') return wrong;
    const diagnostics = depth === 'check' ? check(file, { environment: variable }) : syntax;
    renderText(diagnostics, { width: 80 });
    return badDiagnostics(diagnostics, file);
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    return `throws ${message} (${stack.split('\n')[1]?.trim() ?? ''})`;
  }
}

/** The one variable of the process that exists. */
function variable(name: string): string | undefined {
  return name === 'A' ? 'a' : undefined;
}

function badSpan(node: object, file: SourceFile): string | null {
  for (const [key, value] of Object.entries(node)) {
    if (key === 'span' || key === 'operatorSpan') {
      if (!isInside(value, file)) return `a span of the tree is outside of the file: ${value.start}–${value.end}`;
    } else if (typeof value === 'object' && value !== null) {
      const found = badSpan(value, file);
      if (found !== null) return found;
    }
  }
  return null;
}

function badDiagnostics(diagnostics: readonly Diagnostic[], file: SourceFile): string | null {
  for (const { code, message, span, related, fix } of diagnostics) {
    if (message.includes(BEYOND_THE_GRAMMAR)) return `${code}: Chevrotain raised an error of its own`;
    const spans = [span, ...related.map((other) => other.span), ...(fix === null ? [] : [fix.span])];
    const wrong = spans.find((each) => !isInside(each, file));
    if (wrong !== undefined) return `${code}: a span is outside of its file: ${wrong.start}–${wrong.end}`;
  }
  return null;
}

/** What is formatted is formatted for good; what is not says why. */
function badFormat(file: SourceFile, diagnostics: readonly Diagnostic[]): string | null {
  // A file with mistakes is refused, for which its mistakes are the reason.
  if (diagnostics.length > 0) return null;
  const [once, reasons] = format(file);
  if (once === null) return reasons.length > 0 ? null : 'is not formatted, and nothing says why';
  const [twice] = format({ path: file.path, text: once });
  return twice === once ? null : 'is formatted otherwise the second time';
}

function isInside(span: Span, file: SourceFile): boolean {
  const { start, end, file: own } = span;
  return (own === file || own.text !== file.text) && start >= 0 && start <= end && end <= own.text.length;
}
