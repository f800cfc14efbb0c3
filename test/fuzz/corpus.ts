import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Good and bad files to start from: the experiments, and the inputs of all golden cases. */
export interface Corpus {
  readonly files: readonly string[];
  /** A few lines each, so that most inputs are small. */
  readonly pieces: readonly string[];
  /** Small whole experiments, for the compiler behind the parser. */
  readonly experiments: readonly string[];
}

const LINES_OF_A_PIECE = 6;
const LONGEST_EXPERIMENT = 900;

export function readCorpus(root: string): Corpus {
  const files = [...expFiles(join(root, 'experiments')), ...goldenInputs(join(root, 'test/golden'))];
  return {
    files,
    pieces: files.flatMap(piecesOf),
    experiments: files.filter((text) => text.length < LONGEST_EXPERIMENT && /^experiment /m.test(text)),
  };
}

function expFiles(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.exp'));
  return names.sort().map((name) => readFileSync(join(folder, name), 'utf8'));
}

function goldenInputs(folder: string): readonly string[] {
  const inputs = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name, 'input.exp'));
  return inputs.filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'));
}

function piecesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  const starts = Array.from({ length: Math.ceil(lines.length / LINES_OF_A_PIECE) }, (_, at) => at * LINES_OF_A_PIECE);
  return starts.map((start) => lines.slice(start, start + LINES_OF_A_PIECE).join('\n'));
}
