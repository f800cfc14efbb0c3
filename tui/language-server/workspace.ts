import { fileURLToPath, pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { fixAll } from '../../compiler/fix.ts';
import { editorMemory, type LanguageDocument, openDocument } from '../../compiler/language-server/document.ts';
import type { ReadFile } from '../../compiler/modules/read-file.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { SourceFile, Span } from '../../dsl/source.ts';
import type { Context } from '../context.ts';
import { outside } from '../outside.ts';
import { experimentFiles } from './projects.ts';

/** What an editor has open, and what is on disk around it. Open buffers stand in for the files that they will become. */
export class Workspace {
  /** By path. */
  private readonly buffers = new Map<string, TextDocument>();
  private readonly documents = new Map<string, LanguageDocument>();
  private readonly memory = editorMemory();
  private readonly disk: ReturnType<typeof outside>;

  constructor(
    context: Context,
    private readonly folders: readonly string[],
  ) {
    this.disk = outside(context);
  }

  /** @returns the paths of all open files whose diagnostics may be others now */
  update(buffer: TextDocument): readonly string[] {
    const path = pathOf(buffer.uri);
    this.buffers.set(path, buffer);
    return this.changed(path);
  }

  close(uri: string): readonly string[] {
    const path = pathOf(uri);
    const before = this.documents.get(path)?.analysis.sources ?? [];
    this.buffers.delete(path);
    this.documents.delete(path);
    return [...new Set([...this.changed(path), ...before.map((source) => source.path)])];
  }

  /** Forgets what was read from disk. */
  refresh(): readonly string[] {
    this.documents.clear();
    return [...this.buffers.keys()];
  }

  document(uri: string): LanguageDocument | null {
    return this.open(pathOf(uri));
  }

  /** What all open files report of one file, each once. */
  diagnosticsOf(path: string): readonly Diagnostic[] {
    const found = new Map<string, Diagnostic>();
    for (const root of this.buffers.keys()) {
      for (const diagnostic of this.open(root)?.diagnostics ?? []) {
        const { code, message, span } = diagnostic;
        if (span.file.path === path) found.set(JSON.stringify([code, message, span.start, span.end]), diagnostic);
      }
    }
    return [...found.values()];
  }

  /** Every other file that may import one: the open ones, and those of the project. */
  others(path: string): readonly LanguageDocument[] {
    const paths = new Set([...this.buffers.keys(), ...this.folders.flatMap(experimentFiles)]);
    paths.delete(path);
    return [...paths].flatMap((each) => this.open(each) ?? this.readOnce(each) ?? []);
  }

  /** As the editor writes it, which may encode it in another way than Node. */
  uriOf(path: string): string {
    return this.buffers.get(path)?.uri ?? uriOf(path);
  }

  /** The text of a file with all its fixes applied. */
  fixed({ source }: LanguageDocument): string {
    return fixAll(source, { environment: this.disk.environment, readFile: this.readFile }).text;
  }

  version(path: string): number | null {
    return this.buffers.get(path)?.version ?? null;
  }

  /** Where a span stands, in the editor's lines and columns, both from 0. */
  rangeOf({ file, start, end }: Span) {
    const text = this.textDocument(file);
    return { start: text.positionAt(start), end: text.positionAt(end) };
  }

  private textDocument(file: SourceFile): TextDocument {
    const buffer = this.buffers.get(file.path);
    return buffer?.getText() === file.text ? buffer : TextDocument.create(uriOf(file.path), 'exp', 0, file.text);
  }

  private changed(path: string): readonly string[] {
    const importers = [...this.documents.values()].filter(({ analysis }) =>
      analysis.sources.some((source) => source.path === path),
    );
    const touched = new Set([path, ...importers.flatMap(({ analysis }) => analysis.sources.map((each) => each.path))]);
    for (const importer of importers) this.documents.delete(importer.source.path);
    this.documents.delete(path);
    const now = this.open(path)?.analysis.sources ?? [];
    return [...new Set([...touched, ...now.map((source) => source.path)])];
  }

  private open(path: string): LanguageDocument | null {
    const known = this.documents.get(path);
    const buffer = this.buffers.get(path);
    if (known !== undefined || buffer === undefined) return known ?? null;
    const document = this.analyse(path, buffer.getText());
    this.documents.set(path, document);
    return document;
  }

  /** A file of the project that is not open, for one question. */
  private readOnce(path: string): LanguageDocument | null {
    const text = this.readFile(path);
    return typeof text === 'string' ? this.analyse(path, text) : null;
  }

  private analyse(path: string, text: string): LanguageDocument {
    const { environment } = this.disk;
    return openDocument({ path, text }, { environment, readFile: this.readFile, memory: this.memory });
  }

  private readonly readFile: ReadFile = (path) =>
    this.buffers.get(path)?.getText() ?? this.disk.readFile?.(path) ?? null;
}

/** The path of a file on disk, with `/` on every system; what is nowhere on disk is known by its address. */
export function pathOf(uri: string): string {
  return uri.startsWith('file:') ? fileURLToPath(uri).replaceAll('\\', '/') : uri;
}

function uriOf(path: string): string {
  return /^[\w+.-]{2,}:/.test(path) ? path : pathToFileURL(path).href;
}
