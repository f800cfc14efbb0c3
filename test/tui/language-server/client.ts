import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as rpc from 'vscode-jsonrpc/node';
import type * as lsp from 'vscode-languageserver-protocol';
import { repositoryRoot } from '../../helpers/python.ts';

/** An editor as the server sees one: a process at the other end of two pipes. */
export class Editor {
  private readonly child;
  private readonly connection;
  private readonly exited: Promise<number | null>;
  private readonly published = new Map<string, lsp.PublishDiagnosticsParams>();
  private readonly waiting: (() => void)[] = [];
  private readonly versions = new Map<string, number>();

  constructor(
    private readonly folder: string,
    args: readonly string[] = ['lsp', '--stdio'],
  ) {
    this.child = spawn(process.execPath, [join(repositoryRoot, 'bin/exp.mjs'), ...args], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.exited = new Promise((done) => this.child.once('exit', done));
    this.connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(this.child.stdout),
      new rpc.StreamMessageWriter(this.child.stdin),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', (parameters: lsp.PublishDiagnosticsParams) => {
      this.published.set(parameters.uri, parameters);
      for (const wake of this.waiting.splice(0)) wake();
    });
    this.connection.listen();
  }

  async start(): Promise<lsp.InitializeResult> {
    const parameters: lsp.InitializeParams = {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(this.folder).href, name: 'test' }],
      capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
    };
    const failed = this.exited.then((code) => Promise.reject(new Error(`the server ended with ${code}`)));
    const answered = this.connection.sendRequest<lsp.InitializeResult>('initialize', parameters);
    const result = await Promise.race([answered, failed]);
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  /** @returns the exit code of the server */
  async stop(): Promise<number | null> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    const code = await this.exited;
    this.connection.dispose();
    return code;
  }

  uri(name: string): string {
    return pathToFileURL(join(this.folder, name)).href;
  }

  open(name: string, text: string): Promise<readonly lsp.Diagnostic[]> {
    const uri = this.uri(name);
    this.versions.set(uri, 1);
    const textDocument: lsp.TextDocumentItem = { uri, languageId: 'exp', version: 1, text };
    void this.connection.sendNotification('textDocument/didOpen', { textDocument });
    return this.diagnostics(name);
  }

  change(name: string, range: lsp.Range, text: string): Promise<readonly lsp.Diagnostic[]> {
    const uri = this.uri(name);
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    const parameters: lsp.DidChangeTextDocumentParams = {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    };
    void this.connection.sendNotification('textDocument/didChange', parameters);
    return this.diagnostics(name);
  }

  /** Those of the version that was sent last. */
  async diagnostics(name: string): Promise<readonly lsp.Diagnostic[]> {
    const uri = this.uri(name);
    for (;;) {
      const found = this.published.get(uri);
      if (found !== undefined && (found.version ?? 0) >= (this.versions.get(uri) ?? 0)) return found.diagnostics;
      await new Promise<void>((wake) => this.waiting.push(wake));
    }
  }

  /** An answer comes after what was published for the edits before the question. */
  async settled(name: string): Promise<void> {
    await this.ask('textDocument/documentSymbol', name, {});
  }

  ask<R>(method: string, name: string, parameters: object): Promise<R> {
    return this.connection.sendRequest<R>(method, { textDocument: { uri: this.uri(name) }, ...parameters });
  }
}
