import type { Diagnostic } from '../dsl/diagnostic.ts';
import { nearestName } from '../dsl/edit-distance.ts';
import type { Analysis } from './analyse.ts';
import type { BoundExperiment } from './bind/bound.ts';
import { reportName } from './diagnostics/names-and-types.ts';
import { quotedList } from './names.ts';

/**
 * The experiment that running a file means: the one that is named, or else the only one of the file that no other one
 * builds on.
 *
 * @param name as after `--experiment`
 */
export function chooseExperiment(
  { bound, sources, incomplete }: Analysis,
  name: string | null,
): [BoundExperiment | null, readonly Diagnostic[]] {
  const { experiments, runnable } = bound;
  if (name !== null) {
    const named = experiments.get(name) ?? null;
    return [named, named === null && !incomplete ? [noExperiment(name, [...experiments.keys()])] : []];
  }
  const [only, second, ...more] = runnable;
  if (only === undefined) {
    const [root] = sources;
    // Where it has experiments and none is to run, they extend each other, which has been reported.
    if (incomplete || root === undefined || bound.content === 'experiments') return [null, []];
    const span = { file: root, start: 0, end: Math.min(1, root.text.length) };
    return [null, [reportName('EXP2001', span, {}, { help: 'write `experiment NAME { … }`' })]];
  }
  if (second === undefined) return [only, []];
  const names = quotedList(
    [only, second, ...more].map((experiment) => experiment.name),
    'and',
  );
  const related = [only, ...more].map(({ nameSpan }) => ({ span: nameSpan, message: 'and here' }));
  const help = `say which one to run: \`--experiment ${only.name}\``;
  return [null, [reportName('EXP2002', second.nameSpan, { names }, { related, help })]];
}

function noExperiment(name: string, known: readonly string[]): Diagnostic {
  const span = { file: { path: '--experiment', text: name }, start: 0, end: name.length };
  const near = nearestName(name, known);
  const listed = known.length === 0 ? 'the file has none' : `there is ${quotedList(known, 'and')}`;
  return reportName('EXP2011', span, { name }, { help: near === null ? listed : `did you mean \`${near}\`?` });
}
