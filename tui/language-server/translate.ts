import * as lsp from 'vscode-languageserver/node';
import type { Completion, CompletionKind } from '../../compiler/language-server/completion.ts';
import type { FoldingRange } from '../../compiler/language-server/folding.ts';
import type { TextChange } from '../../compiler/language-server/rename.ts';
import type { DocumentSymbol } from '../../compiler/language-server/symbols.ts';
import type { Diagnostic, Severity } from '../../dsl/diagnostic.ts';
import type { Workspace } from './workspace.ts';

/** What the language services say, in the protocol's words. */

const SEVERITIES: Readonly<Record<Severity, lsp.DiagnosticSeverity>> = {
  error: lsp.DiagnosticSeverity.Error,
  warning: lsp.DiagnosticSeverity.Warning,
  info: lsp.DiagnosticSeverity.Information,
};

export function toDiagnostic(
  workspace: Workspace,
  { code, severity, message, help, span, related }: Diagnostic,
): lsp.Diagnostic {
  return {
    code,
    source: 'exp',
    severity: SEVERITIES[severity],
    message: help === null ? message : `${message}\n${help}`,
    range: workspace.rangeOf(span),
    relatedInformation: related.map((each) => ({
      location: { uri: workspace.uriOf(each.span.file.path), range: workspace.rangeOf(each.span) },
      message: each.message,
    })),
  };
}

const COMPLETION_KINDS: Readonly<Record<CompletionKind, lsp.CompletionItemKind>> = {
  setting: lsp.CompletionItemKind.Property,
  block: lsp.CompletionItemKind.Struct,
  call: lsp.CompletionItemKind.Function,
  value: lsp.CompletionItemKind.Value,
  statement: lsp.CompletionItemKind.Keyword,
  parameter: lsp.CompletionItemKind.Variable,
  environment: lsp.CompletionItemKind.Module,
  profile: lsp.CompletionItemKind.Interface,
  experiment: lsp.CompletionItemKind.Class,
  metric: lsp.CompletionItemKind.Unit,
  file: lsp.CompletionItemKind.File,
};

export interface ClientAbilities {
  readonly snippets: boolean;
}

export function toCompletion(
  workspace: Workspace,
  { label, kind, detail, documentation, snippet, span }: Completion,
  index: number,
  { snippets }: ClientAbilities,
): lsp.CompletionItem {
  const newText = snippets ? snippet : label;
  return {
    label,
    kind: COMPLETION_KINDS[kind],
    insertTextFormat: snippets ? lsp.InsertTextFormat.Snippet : lsp.InsertTextFormat.PlainText,
    textEdit: { range: workspace.rangeOf(span), newText },
    // The services know what is probable; editors sort by text.
    sortText: String(index).padStart(5, '0'),
    ...(detail === '' ? {} : { detail }),
    ...(documentation === '' ? {} : { documentation: { kind: lsp.MarkupKind.Markdown, value: documentation } }),
  };
}

export function toEdits(workspace: Workspace, changes: readonly TextChange[]): lsp.TextEdit[] {
  return changes.map(({ span, replacement }) => ({ range: workspace.rangeOf(span), newText: replacement }));
}

/** Changes of several files. */
export function toWorkspaceEdit(workspace: Workspace, changes: readonly TextChange[]): lsp.WorkspaceEdit {
  const byFile: Record<string, lsp.TextEdit[]> = {};
  for (const change of changes) {
    const uri = workspace.uriOf(change.span.file.path);
    byFile[uri] = [...(byFile[uri] ?? []), ...toEdits(workspace, [change])];
  }
  return { changes: byFile };
}

const SYMBOL_KINDS: Readonly<Record<DocumentSymbol['kind'], lsp.SymbolKind>> = {
  experiment: lsp.SymbolKind.Class,
  environment: lsp.SymbolKind.Module,
  profile: lsp.SymbolKind.Interface,
  block: lsp.SymbolKind.Struct,
  parameter: lsp.SymbolKind.Variable,
  setting: lsp.SymbolKind.Property,
  call: lsp.SymbolKind.Function,
};

export function toSymbol(
  workspace: Workspace,
  { name, kind, span, nameSpan, children }: DocumentSymbol,
): lsp.DocumentSymbol {
  return {
    name,
    kind: SYMBOL_KINDS[kind],
    range: workspace.rangeOf(span),
    selectionRange: workspace.rangeOf(nameSpan),
    children: children.map((child) => toSymbol(workspace, child)),
  };
}

export function toFolding({ startLine, endLine, kind }: FoldingRange): lsp.FoldingRange {
  const range = { startLine: startLine - 1, endLine: endLine - 1 };
  return kind === 'comment' ? { ...range, kind: lsp.FoldingRangeKind.Comment } : range;
}
