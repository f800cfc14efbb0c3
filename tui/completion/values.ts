import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ReadFile } from '../../compiler/modules/read-file.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import type { SourceFile } from '../../dsl/source.ts';
import type { Context } from '../context.ts';
import type { Candidate, Typed, ValueSource } from './complete.ts';

/**
 * The values of options and arguments, looked up where the user is. Somebody waits for each: what is looked up loads no
 * more than it needs.
 */
export function valueSource(context: Context): ValueSource {
  return {
    values: async (kind, typed) => {
      switch (kind) {
        case 'experimentFile':
          return experimentFiles(context, typed.word);
        case 'run':
          return runs(context, typed);
        case 'profile': {
          const { profilesOf } = await import('../../compiler/compile.ts');
          return namesIn(context, typed, 'profile', profilesOf);
        }
        case 'experiment': {
          const { experimentNames } = await import('../../compiler/compile.ts');
          return namesIn(context, typed, 'experiment', experimentNames);
        }
        case 'setting': {
          const { fieldPlaces } = await import('../../compiler/fields/field-places.ts');
          const scalars = fieldPlaces().filter(({ field }) => field.type.kind === 'scalar');
          return candidatesOf(new Map(scalars.map(({ written, field }) => [written, field.doc])));
        }
        case 'code': {
          const { ALL_DIAGNOSTICS } = await import('../../compiler/explain.ts');
          return candidatesOf(new Map(Object.entries(ALL_DIAGNOSTICS).map(([code, { message }]) => [code, message])));
        }
        case 'target': {
          const { TARGETS } = await import('../../compiler/handoff/table.ts');
          return candidatesOf(new Map(Object.entries(TARGETS).map(([name, { summary }]) => [name, summary])));
        }
        case 'handoff': {
          const { listHandoffs } = await import('../../runtime/submit/handoff-folder.ts');
          const found = listHandoffs(context.cwd).map(({ id, info }) => [id, info.target] as const);
          return found.length === 0 ? [] : candidatesOf(new Map([['latest', 'the newest hand-off'], ...found]));
        }
        default:
          return assertNever(kind);
      }
    },
  };
}

function candidatesOf(descriptions: ReadonlyMap<string, string>): readonly Candidate[] {
  return [...descriptions].map(([text, description]) => ({ text, description }));
}

/** The `.exp` files and the folders of the folder that has been typed so far. */
function experimentFiles({ cwd }: Context, word: string): readonly Candidate[] {
  const folder = word.slice(0, word.lastIndexOf('/') + 1);
  return entriesOf(resolve(cwd, folder)).flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return [{ text: `${folder}${entry.name}/`, description: '' }];
    return entry.name.endsWith('.exp') ? [{ text: `${folder}${entry.name}`, description: '' }] : [];
  });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // A folder that is not there, or may not be read, holds nothing to suggest.
    return [];
  }
}

async function runs({ cwd }: Context, { options }: Typed): Promise<readonly Candidate[]> {
  const { listRuns } = await import('../../runtime/run/run-folder.ts');
  const { listMatrices } = await import('../../runtime/run/matrix-folder.ts');
  const folder = resolve(cwd, options.get('runsDir') || 'runs');
  const found = [...listRuns(folder), ...listMatrices(folder)].map(({ id }) => ({ text: id, description: '' }));
  return found.length === 0 ? [] : [{ text: 'latest', description: 'the newest run' }, ...found];
}

/** Names in the file of the command line; none where there is no such file. */
async function namesIn(
  context: Context,
  { files: [path], options }: Typed,
  description: string,
  namesOf: (
    source: SourceFile,
    options: { readonly readFile: ReadFile; readonly experiment: string | null },
  ) => readonly string[],
): Promise<readonly Candidate[]> {
  const { fileReader } = await import('../source-files.ts');
  const readFile = fileReader(context.cwd);
  const text = path === undefined ? null : readFile(path);
  if (path === undefined || typeof text !== 'string') return [];
  const names = namesOf({ path, text }, { readFile, experiment: options.get('experiment') ?? null });
  return names.map((name) => ({ text: name, description }));
}
