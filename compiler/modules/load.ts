import type { File, Import } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { parse } from '../../dsl/parser.ts';
import type { SourceFile, Span } from '../../dsl/source.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { folderOf, isAbsolutePath, joinPath } from './paths.ts';
import type { ReadFile } from './read-file.ts';

/** A file and all that it imports, directly or not, each read and parsed once. */
export interface Program {
  /** The file itself first, then the imported ones in the order of their imports. */
  readonly modules: readonly [Module, ...Module[]];
  /** A file, or a statement at the top of one, could not be read: what seems to be missing may be declared there. */
  readonly incomplete: boolean;
}

export interface Module {
  readonly source: SourceFile;
  readonly file: File;
  /** Its folder, relative to the folder of the file that is compiled; empty for the same. */
  readonly folder: string;
}

/** More than any study needs; an endless chain of links on a disk ends here. */
const MOST_FILES = 500;

/** An editor keeps the trees of files that have not changed; the spans of a tree name the source that it was made from. */
export type ParseFile = (source: SourceFile) => readonly [File, readonly Diagnostic[]];

export function loadProgram(
  source: SourceFile,
  readFile: ReadFile,
  parseFile: ParseFile = parse,
): [Program, Diagnostic[]] {
  const [file, syntaxMistakes] = parseFile(source);
  const diagnostics = [...syntaxMistakes];
  const root: Module = { source: file.span.file, file, folder: '' };
  const modules: [Module, ...Module[]] = [root];
  /** By path; null where it could not be read. */
  const known = new Map<string, Module | null>([[joinPath('', source.path), root]]);
  let incomplete = hasUnreadable(file);

  const load = (item: Import, path: string, importer: Module): Module | null => {
    const fail = (reason: string): null => {
      diagnostics.push(reportName('EXP2008', item.path.span, { path: item.path.value, reason }));
      return null;
    };
    if (item.path.value === '') return fail('there is no path');
    if (modules.length >= MOST_FILES) return fail(`that would be more than ${MOST_FILES} files`);
    const text = readFile(path);
    if (text === null) return fail(`there is no file \`${path}\``);
    if (typeof text !== 'string') return fail(text.problem);
    const [tree, mistakes] = parseFile({ path, text });
    diagnostics.push(...mistakes);
    incomplete ||= hasUnreadable(tree);
    const module = { source: tree.span.file, file: tree, folder: folderOf(joinPath(importer.folder, item.path.value)) };
    modules.push(module);
    return module;
  };

  /** @param way the imports that led here, from the compiled file on */
  const follow = (importer: Module, way: readonly Step[]) => {
    for (const item of importer.file.items) {
      if (item.kind !== 'import') continue;
      const path = joinPath(folderOf(importer.source.path), item.path.value);
      const steps = [...way, { path: joinPath('', importer.source.path), span: item.path.span }];
      const start = steps.findIndex((step) => step.path === path);
      if (start !== -1) diagnostics.push(reportCycle(steps.slice(start)));
      else if (!known.has(path)) {
        const module = load(item, path, importer);
        known.set(path, module);
        if (module !== null) follow(module, steps);
      }
      incomplete ||= known.get(path) === null;
    }
  };
  follow(root, []);
  return [{ modules, incomplete }, diagnostics];
}

function hasUnreadable(file: File): boolean {
  return file.items.some((item) => item.kind === 'broken');
}

/** A file, and where in it the next one is imported. */
interface Step {
  readonly path: string;
  readonly span: Span;
}

/** @param steps the files of the cycle, each once; the last one imports the first */
function reportCycle(steps: readonly Step[]): Diagnostic {
  const [first] = steps;
  const last = steps[steps.length - 1];
  if (first === undefined || last === undefined) throw new RangeError('a cycle has at least one step');
  const cycle = [...steps, first].map((step) => step.path).join(' → ');
  const related = steps.slice(0, -1).map((step) => ({ span: step.span, message: 'imported here' }));
  const help = steps.length === 1 ? 'leave it out' : 'move what both need into a file of its own';
  return reportName('EXP2009', last.span, { cycle }, { related, help });
}

/**
 * A path written in one of the files, as seen from the folder of the file that is compiled, because a plan knows that one
 * folder only.
 */
export function pathFromRoot({ modules }: Program, path: string, span: Span): string {
  const folder = modules.find((module) => module.source === span.file)?.folder ?? '';
  return folder === '' || isAbsolutePath(path) || path === '' ? path : joinPath(folder, path);
}
