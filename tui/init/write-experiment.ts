import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { quoted } from '../../compiler/handoff/shell.ts';
import { format } from '../../dsl/print.ts';
import { datasetStats } from '../../runtime/data/check/stats.ts';
import { type CaseSurvey, surveyCases } from '../../runtime/data/check/survey.ts';
import { namesIn } from '../../runtime/data/class-names.ts';
import { detectSource } from '../../runtime/data/layouts/detect.ts';
import { searchCases } from '../../runtime/data/layouts/find-cases.ts';
import { cacheRoot } from '../../runtime/engine/provision/cache.ts';
import { DataError } from '../../runtime/errors.ts';
import { compileSource } from '../compile-file.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import { writeFrames } from '../output/diagnostics.ts';
import { replaceFile } from '../replace-file.ts';
import { type Asker, asker } from '../terminal/ask.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { areClasses, experimentText, foregroundLabels } from './experiment-text.ts';
import { describeBroken, describeFound } from './found.ts';
import { INIT_MODELS, type InitModel } from './models.ts';

export interface InitOptions {
  readonly data?: string;
  readonly model?: InitModel;
  readonly merge?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** Cases that are read: enough for sizes and labels, few enough to wait for. */
const SAMPLE = 12;

/**
 * Looks at a data set, asks what it cannot know, and writes an experiment for it.
 *
 * @returns the file's path, as the user would name it
 * @throws UsageError when the file is there already or nothing may be asked and the data set was not named
 * @throws DataError when the folder is no data set
 */
export async function writeExperiment(context: Context, file: string | null, options: InitOptions): Promise<string> {
  const questions = options.yes !== true && context.terminal.interactive ? asker(context) : null;
  try {
    return await draftAndWrite(context, file, options, questions);
  } finally {
    questions?.close();
  }
}

async function draftAndWrite(
  context: Context,
  file: string | null,
  options: InitOptions,
  questions: Asker | null,
): Promise<string> {
  const folder = await dataFolder(context, options, questions);
  const path = file ?? `${nameFrom(basename(folder))}.exp`;
  const target = resolve(context.cwd, path);
  if (existsSync(target) && options.force !== true) {
    throw new UsageError(`${path} is there already`, 'name another file, or write over it with --force');
  }
  const source = detectSource(folder);
  const progress = progressLine(context);
  const searched = searchCases({ source, exclude: [] }, { baseDir: context.cwd, cacheDir: join(cacheRoot(), 'data') });
  const { cases, missing, root } = searched;
  if (cases.length === 0 && missing[0] !== undefined) throw missing[0].error;
  const sample = cases.filter((_, index) => index % Math.ceil(cases.length / SAMPLE) === 0);
  const surveys = await surveyCases(sample, ({ id }, done) =>
    progress.show(`looking at ${id}, ${done + 1} of ${sample.length}`),
  );
  progress.clear();
  const [broken, usable] = [surveys.filter(isBroken), surveys.filter((survey) => !isBroken(survey))];
  const [first] = broken.flatMap(({ problems }) => problems);
  if (usable.length === 0 && first !== undefined) throw first;

  const stats = datasetStats(usable);
  const labels = foregroundLabels(stats);
  if (labels.length === 0) {
    throw new DataError('EXP4102', root, `the labels of the ${sample.length} cases looked at are all background`);
  }
  context.stdout.write(describeFound(searched, stats));
  context.stdout.write(describeBroken(broken));
  const model = options.model ?? (await questions?.choice('network', INIT_MODELS, 'SegResNet')) ?? 'SegResNet';
  const text = experimentText({
    name: nameFrom(basename(path, '.exp')),
    file: quoted(basename(path)),
    source,
    root: nearPath(dirname(target), root),
    exclude: [...new Set(missing.map(({ id }) => id))].sort(),
    subjects: new Set(cases.map(({ subject }) => subject)).size,
    stats,
    classNames: namesIn(root),
    model,
    merge: await mergesLabels(labels, options, questions),
  });
  const formatted = format({ path, text })[0] ?? text;
  const { planFile, diagnostics } = compileSource({ path, text: formatted }, { set: [] }, context);
  writeFrames(context.stderr, context.errors, diagnostics);
  replaceFile(target, formatted);
  if (planFile === null) throw new UsageError(`${path} is written, but has the mistakes above`);
  return path;
}

async function dataFolder({ cwd }: Context, { data }: InitOptions, questions: Asker | null): Promise<string> {
  if (data !== undefined) return resolve(cwd, data);
  if (questions === null) {
    throw new UsageError('which data set?', 'name its folder: exp init --data data/organ');
  }
  const answer = await questions.text('folder of the data set, BIDS or decathlon', '', (typed) =>
    typed !== '' && existsSync(resolve(cwd, typed)) ? null : 'there is no such folder',
  );
  return resolve(cwd, answer);
}

/** Values with gaps between them cannot be classes, so that only merging is left. */
async function mergesLabels(labels: readonly number[], { merge }: InitOptions, questions: Asker | null) {
  if (!areClasses(labels)) return true;
  if (merge !== undefined || labels.length === 1) return merge ?? true;
  const answer = await questions?.choice(`labels ${labels.join(', ')}: segment`, ['each', 'merged'], 'each');
  return answer === 'merged';
}

function isBroken({ problems }: CaseSurvey): boolean {
  return problems.length > 0;
}

/** A name of the language: letters, digits and hyphens. Letters with accents lose those. */
function nameFrom(text: string): string {
  const name = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
  return name === '' ? 'experiment' : name;
}

/** Relative where the data lies beside or below the file, so that both can move together. */
function nearPath(from: string, root: string): string {
  const path = relative(from, root);
  const isFar = path.startsWith('../../..') || isAbsolute(path);
  return (isFar ? root : path || '.').replaceAll('\\', '/');
}
