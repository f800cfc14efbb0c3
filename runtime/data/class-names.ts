import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { PlanDataset } from '../../compiler/plan/schema.ts';
import { filesIn, isFile, readJson, subfolders } from './layouts/folders.ts';

const decathlonLabels = z.object({ labels: z.record(z.string(), z.string()) });

/**
 * What a data set calls its classes, background first: `labels` of a decathlon's dataset.json, the `dseg.tsv` of a BIDS data
 * set or its derivatives. Where nobody says, classes are called by their number.
 *
 * @param root the data set's folder; null where there is none
 */
export function classNames(
  root: string | null,
  dataset: Pick<PlanDataset, 'foreground'>,
  classes: number,
): readonly string[] {
  const merged = dataset.foreground !== null;
  const known = root === null || merged ? new Map<number, string>() : namesIn(root);
  return Array.from({ length: classes }, (_, index) => {
    if (index === 0) return 'background';
    return known.get(index) ?? (merged ? 'foreground' : `class ${index}`);
  });
}

export function namesIn(root: string): ReadonlyMap<number, string> {
  const manifest = join(root, 'dataset.json');
  if (isFile(manifest)) {
    const parsed = decathlonLabels.safeParse(readJson(manifest));
    return new Map(Object.entries(parsed.data?.labels ?? {}).map(([index, name]) => [Number(index), name]));
  }
  const derivatives = join(root, 'derivatives');
  const folders = [root, ...subfolders(derivatives).map((name) => join(derivatives, name))];
  const table = folders
    .flatMap((folder) => filesIn(folder).map((file) => join(folder, file)))
    .find((path) => path.endsWith('dseg.tsv'));
  return table === undefined ? new Map() : namesInTable(readFileSync(table, 'utf8'));
}

/** Columns `index` and `name` of a BIDS look-up table. */
export function namesInTable(text: string): ReadonlyMap<number, string> {
  const [header = [], ...rows] = text.split(/\r?\n/).map((line) => line.split('\t'));
  const [index, name] = [header.indexOf('index'), header.indexOf('name')];
  return new Map(rows.flatMap((row) => (row[index] && row[name] ? [[Number(row[index]), row[name]] as const] : [])));
}
