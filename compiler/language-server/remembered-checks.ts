import type { Experiment, TopLevel } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { type Span, spanText } from '../../dsl/source.ts';
import type { Analysis } from '../analyse.ts';
import type { BoundExperiment } from '../bind/bound.ts';
import type { CheckExperiment } from '../check.ts';

/**
 * What was found of experiments in earlier versions of a file. An edit mostly changes one of many; of the others the findings
 * are the same, further up or down.
 */
export type RememberedChecks = Map<string, readonly Finding[]>;

/** Experiments of a file, some versions of each. */
const KEPT = 500;

/** A diagnostic of which each place is told from the statement that it is in. */
interface Finding {
  readonly diagnostic: Diagnostic;
  readonly places: ReadonlyMap<Span, Place>;
}

interface Place {
  /** Which of the statements that the experiment depends on. */
  readonly statement: number;
  readonly offset: number;
}

export function remembering(remembered: RememberedChecks): (check: CheckExperiment) => CheckExperiment {
  return (check) => (analysis, experiment) => {
    const statements = dependenciesOf(analysis, experiment);
    const texts = statements.map(({ span }) => [span.file.path, spanText(span)]);
    const key = JSON.stringify([experiment.name, analysis.incomplete, texts]);
    const known = remembered.get(key);
    if (known !== undefined) {
      analysis.diagnostics.push(...known.map((finding) => placedIn(finding, statements)));
      return;
    }
    const found: Diagnostic[] = [];
    check({ ...analysis, diagnostics: found }, experiment);
    analysis.diagnostics.push(...found);
    const findings = found.map((diagnostic) => ({ diagnostic, places: placesOf(diagnostic, statements) }));
    remembered.set(key, findings);
    const [oldest] = remembered.keys();
    if (remembered.size > KEPT && oldest !== undefined) remembered.delete(oldest);
  };
}

/** The experiment, those that it is built on, and everything in the program that is no experiment, which any of them may use. */
function dependenciesOf({ program, bound }: Analysis, experiment: BoundExperiment): readonly TopLevel[] {
  const bases = new Set<string>();
  for (let at: BoundExperiment | undefined = experiment; at !== undefined && !bases.has(at.name); ) {
    bases.add(at.name);
    at = bound.experiments.get(at.base ?? '');
  }
  const isOther = (item: TopLevel): item is Experiment => item.kind === 'experiment' && !bases.has(item.name.text);
  return program.modules.flatMap((module) => module.file.items.filter((item) => !isOther(item)));
}

function spansOf({ span, related, fix }: Diagnostic): readonly Span[] {
  return [span, ...related.map((each) => each.span), ...(fix === null ? [] : [fix.span])];
}

function placesOf(diagnostic: Diagnostic, statements: readonly TopLevel[]): ReadonlyMap<Span, Place> {
  const places = new Map<Span, Place>();
  for (const span of spansOf(diagnostic)) {
    const statement = statements.findIndex(
      (each) => each.span.file === span.file && each.span.start <= span.start && span.end <= each.span.end,
    );
    const from = statements[statement]?.span.start;
    // What is in none of them is in what the compiler ships, which stays where it is.
    if (from !== undefined) places.set(span, { statement, offset: span.start - from });
  }
  return places;
}

function placedIn({ diagnostic, places }: Finding, statements: readonly TopLevel[]): Diagnostic {
  const move = (span: Span): Span => {
    const place = places.get(span);
    const statement = place === undefined ? undefined : statements[place.statement]?.span;
    if (place === undefined || statement === undefined) return span;
    const start = statement.start + place.offset;
    return { file: statement.file, start, end: start + span.end - span.start };
  };
  const { span, related, fix } = diagnostic;
  return {
    ...diagnostic,
    span: move(span),
    related: related.map((each) => ({ ...each, span: move(each.span) })),
    fix: fix === null ? null : { ...fix, span: move(fix.span) },
  };
}
