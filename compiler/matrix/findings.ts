import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import type { Override } from '../bind/override.ts';

/** What is wrong with the runs of a matrix, each mistake once, however many runs make it. */
export interface Findings {
  /** @param choices the values that this run was given by the sweep */
  add(diagnostics: readonly Diagnostic[], choices: readonly Override[]): void;
  /** @param runs how many there were */
  summary(runs: number): readonly Diagnostic[];
}

interface Finding {
  readonly diagnostic: Diagnostic;
  readonly choices: readonly Override[];
  count: number;
}

export function gatherFindings(): Findings {
  const found = new Map<string, Finding>();
  return {
    add: (diagnostics, choices) => {
      // One run may break one rule at one place with two messages; the first run's messages are those that are told.
      for (const diagnostic of diagnostics) {
        const { code, span } = diagnostic;
        const key = `${code} ${span.file.path} ${span.start} ${span.end}`;
        const earlier = found.get(key);
        if (earlier === undefined) found.set(key, { diagnostic, choices, count: 1 });
        else earlier.count++;
      }
    },
    summary: (runs) => [...found.values()].map((finding) => explained(finding, runs)),
  };
}

/** Where only some runs are wrong, and not by a value of the sweep itself, the values that they were given belong to it. */
function explained({ diagnostic, choices, count }: Finding, runs: number): Diagnostic {
  const own = choices.some(({ value }) => isWithin(diagnostic.span, value.span));
  if (own || count >= runs) return diagnostic;
  const related = choices.map(({ value, text }) => ({ span: value.span, message: `in the run with \`${text}\`` }));
  return { ...diagnostic, related: [...diagnostic.related, ...related] };
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}
