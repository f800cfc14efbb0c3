import { once } from 'node:events';
import * as lsp from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { completionsAt } from '../../compiler/language-server/completion.ts';
import { definitionsAt, referencesAt } from '../../compiler/language-server/definition.ts';
import type { LanguageDocument } from '../../compiler/language-server/document.ts';
import { foldingIn } from '../../compiler/language-server/folding.ts';
import { changeTo, formattingOf } from '../../compiler/language-server/formatting.ts';
import { hoverAt } from '../../compiler/language-server/hover.ts';
import { quickFixesIn } from '../../compiler/language-server/quick-fixes.ts';
import { renameAt, renameableAt } from '../../compiler/language-server/rename.ts';
import { symbolsIn } from '../../compiler/language-server/symbols.ts';
import packageFile from '../../package.json' with { type: 'json' };
import type { Context } from '../context.ts';
import { importablePaths } from './projects.ts';
import {
  type ClientAbilities,
  toCompletion,
  toDiagnostic,
  toEdits,
  toFolding,
  toSymbol,
  toWorkspaceEdit,
} from './translate.ts';
import { pathOf, Workspace } from './workspace.ts';

const CAPABILITIES: lsp.ServerCapabilities = {
  textDocumentSync: { openClose: true, change: lsp.TextDocumentSyncKind.Incremental },
  completionProvider: { triggerCharacters: [':', '(', ',', '.', '"', '[', ' '] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  documentFormattingProvider: true,
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  codeActionProvider: { codeActionKinds: [lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.SourceFixAll] },
};

/** Serves one editor until it says goodbye or goes away. */
export async function serveEditor(context: Context): Promise<void> {
  const connection = lsp.createConnection(context.stdin, context.stdout);
  const buffers = new lsp.TextDocuments(TextDocument);
  let workspace = new Workspace(context, []);
  let client: ClientAbilities = { snippets: false };

  connection.onInitialize(({ capabilities, workspaceFolders }): lsp.InitializeResult => {
    workspace = new Workspace(
      context,
      (workspaceFolders ?? []).map(({ uri }) => pathOf(uri)),
    );
    client = { snippets: capabilities.textDocument?.completion?.completionItem?.snippetSupport ?? false };
    return { capabilities: CAPABILITIES, serverInfo: { name: 'exp', version: packageFile.version } };
  });

  const publish = (paths: readonly string[]) => {
    for (const path of paths) {
      const diagnostics = workspace.diagnosticsOf(path).map((each) => toDiagnostic(workspace, each));
      const version = workspace.version(path);
      const uri = workspace.uriOf(path);
      void connection.sendDiagnostics(version === null ? { uri, diagnostics } : { uri, version, diagnostics });
    }
  };
  buffers.onDidChangeContent(({ document }) => publish(workspace.update(document)));
  buffers.onDidClose(({ document }) => publish(workspace.close(document.uri)));
  connection.onDidChangeWatchedFiles(() => publish(workspace.refresh()));

  /** Answers with nothing of files that are not open. */
  const of = <P extends { readonly textDocument: lsp.TextDocumentIdentifier }, R>(
    answer: (document: LanguageDocument, buffer: TextDocument, parameters: P) => R,
  ) => {
    return (parameters: P): R | null => {
      const buffer = buffers.get(parameters.textDocument.uri);
      const document = workspace.document(parameters.textDocument.uri);
      return buffer === undefined || document === null ? null : answer(document, buffer, parameters);
    };
  };
  const at = <P extends lsp.TextDocumentPositionParams, R>(
    answer: (document: LanguageDocument, offset: number, parameters: P) => R,
  ) => of((document, buffer, parameters: P) => answer(document, buffer.offsetAt(parameters.position), parameters));
  const locations = (spans: ReturnType<typeof definitionsAt>): lsp.Location[] =>
    spans.map((span) => ({ uri: workspace.uriOf(span.file.path), range: workspace.rangeOf(span) }));

  connection.onCompletion(
    at((document, offset) =>
      completionsAt(document, offset, () => importablePaths(document.source.path)).map((item, index) =>
        toCompletion(workspace, item, index, client),
      ),
    ),
  );
  connection.onHover(
    at((document, offset) => {
      const hover = hoverAt(document, offset);
      const contents = { kind: lsp.MarkupKind.Markdown, value: hover?.text ?? '' };
      return hover === null ? null : { contents, range: workspace.rangeOf(hover.span) };
    }),
  );
  connection.onDefinition(at((document, offset) => locations(definitionsAt(document, offset))));
  connection.onReferences(at((document, offset) => locations(referencesAt(document, offset))));
  connection.onPrepareRename(
    at((document, offset) => {
      const span = renameableAt(document, offset);
      return span === null ? null : workspace.rangeOf(span);
    }),
  );
  connection.onRenameRequest(
    at((document, offset, { newName }: lsp.RenameParams) => {
      const renaming = renameAt(document, offset, newName, workspace.others(document.source.path));
      if (renaming.kind === 'changes') return toWorkspaceEdit(workspace, renaming.changes);
      throw new lsp.ResponseError(lsp.LSPErrorCodes.RequestFailed, renaming.reason);
    }),
  );
  connection.onDocumentFormatting(of((document) => toEdits(workspace, formattingOf(document))));
  connection.onDocumentSymbol(of((document) => symbolsIn(document).map((symbol) => toSymbol(workspace, symbol))));
  connection.onFoldingRanges(of((document) => foldingIn(document).map(toFolding)));
  connection.onCodeAction(
    of((document, buffer, { range, context: { only } }: lsp.CodeActionParams): lsp.CodeAction[] => {
      if (only?.includes(lsp.CodeActionKind.SourceFixAll)) return fixAllAction(workspace, document);
      const quick = quickFixesIn(document, buffer.offsetAt(range.start), buffer.offsetAt(range.end));
      return quick.map(({ diagnostic, fix }) => ({
        title: fix.title,
        kind: lsp.CodeActionKind.QuickFix,
        isPreferred: true,
        diagnostics: [toDiagnostic(workspace, diagnostic)],
        edit: toWorkspaceEdit(workspace, [fix]),
      }));
    }),
  );

  buffers.listen(connection);
  connection.listen();
  // The library ends the process when the editor says so; this is for one that is gone.
  await once(context.stdin, 'close');
}

/** For editors that fix all when they save. */
function fixAllAction(workspace: Workspace, document: LanguageDocument): lsp.CodeAction[] {
  const text = workspace.fixed(document);
  if (text === document.source.text) return [];
  const edit = toWorkspaceEdit(workspace, [changeTo(document.source, text)]);
  return [{ title: 'Apply all fixes', kind: lsp.CodeActionKind.SourceFixAll, edit }];
}
