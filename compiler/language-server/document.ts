import type { Reference } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { parseSyntax, type Syntax } from '../../dsl/parser.ts';
import type { SourceFile } from '../../dsl/source.ts';
import { type Analysis, analyse, type EnvironmentLookup } from '../analyse.ts';
import { checkAnalysed } from '../check.ts';
import type { ParseFile } from '../modules/load.ts';
import type { ReadFile } from '../modules/read-file.ts';
import { type RememberedChecks, remembering } from './remembered-checks.ts';

/** One version of a file, with all that the services ask about it. It never changes: an edit makes another one. */
export interface LanguageDocument {
  readonly source: SourceFile;
  readonly syntax: Syntax;
  readonly analysis: Analysis;
  /** Of this file and of those that it imports, as `exp check` reports them. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where names stand for parameters. */
  readonly parameterUses: readonly Reference[];
}

export interface DocumentOptions {
  /** Reads imported files: an editor's open buffers first, then the disk. */
  readonly readFile: ReadFile;
  readonly environment: EnvironmentLookup;
  readonly memory: EditorMemory;
}

/** What one version of a file has in common with the next. */
export interface EditorMemory {
  readonly syntaxes: SyntaxCache;
  readonly checks: RememberedChecks;
}

export function editorMemory(): EditorMemory {
  return { syntaxes: new Map(), checks: new Map() };
}

/** The trees of files as they were last seen, so that an edit parses one file and not all that it imports. */
type SyntaxCache = Map<string, { readonly text: string; readonly parsed: ReturnType<typeof parseSyntax> }>;

/** More files than a project has; a renamed file's tree is forgotten in time. */
const KEPT = 200;

export function openDocument(source: SourceFile, { readFile, environment, memory }: DocumentOptions): LanguageDocument {
  const parseFile: ParseFile = (file) => {
    const [{ file: tree }, diagnostics] = parseCached(file, memory.syntaxes);
    return [tree, diagnostics];
  };
  const uses = new Map<string, Reference>();
  const onParameter = (use: Reference) => uses.set(`${use.span.file.path}:${use.span.start}`, use);
  const analysis = analyse(source, [], { environment, readFile, parseFile, onParameter });
  const diagnostics = checkAnalysed(analysis, null, remembering(memory.checks));
  const [syntax] = parseCached(source, memory.syntaxes);
  return { source: syntax.file.span.file, syntax, analysis, diagnostics, parameterUses: [...uses.values()] };
}

function parseCached(source: SourceFile, syntaxes: SyntaxCache): ReturnType<typeof parseSyntax> {
  const known = syntaxes.get(source.path);
  if (known?.text === source.text) return known.parsed;
  const parsed = parseSyntax(source);
  syntaxes.delete(source.path);
  syntaxes.set(source.path, { text: source.text, parsed });
  const [oldest] = syntaxes.keys();
  if (syntaxes.size > KEPT && oldest !== undefined) syntaxes.delete(oldest);
  return parsed;
}
