import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node';

/** Starts `exp lsp` for `.exp` files, and says what to do where there is no `exp`. */

let client: LanguageClient | null = null;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const restart = async () => {
    await deactivate();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('exp.restart', restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('exp.path')) void restart();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  const running = client;
  client = null;
  await running?.dispose();
}

async function start(): Promise<void> {
  // What the workspace names as its `exp` is a program that would run.
  if (!vscode.workspace.isTrusted) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const { command, args } = findExp(folder);
  const isScript = process.platform === 'win32' && !command.endsWith('.exe');
  const server: ServerOptions = {
    command,
    args: [...args, 'lsp'],
    options: { shell: isScript, ...(folder === undefined ? {} : { cwd: folder }) },
  };
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: 'exp', scheme: 'file' },
      { language: 'exp', scheme: 'untitled' },
    ],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/*.exp') },
  };
  client = new LanguageClient('exp', 'exp', server, options);
  try {
    await client.start();
  } catch (error) {
    client = null;
    await explain(command, error);
  }
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** The one that is named, that of the workspace, that of the clone that is open, or that on the PATH. */
function findExp(folder: string | undefined): Program {
  const named = vscode.workspace.getConfiguration('exp').get<string>('path', '');
  if (named !== '') return { command: named, args: [] };
  if (folder !== undefined) {
    const installed = join(folder, 'node_modules', '.bin', process.platform === 'win32' ? 'exp.cmd' : 'exp');
    if (existsSync(installed)) return { command: installed, args: [] };
    const clone = join(folder, 'bin', 'exp.mjs');
    if (existsSync(clone)) return { command: 'node', args: [clone] };
  }
  return { command: 'exp', args: [] };
}

async function explain(command: string, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  const choose = 'Name it in the settings';
  const chosen = await vscode.window.showErrorMessage(
    `exp cannot be started as \`${command}\`: ${reason}. Install it in this workspace (npm install), or say where it is.`,
    choose,
  );
  if (chosen === choose) await vscode.commands.executeCommand('workbench.action.openSettings', 'exp.path');
}
