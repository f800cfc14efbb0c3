import type { DiagnosticTable } from '../dsl/diagnostic.ts';
import { editDistance } from '../dsl/edit-distance.ts';
import { SYNTAX_DIAGNOSTICS } from '../dsl/syntax-diagnostics.ts';
import { MATRIX_DIAGNOSTICS } from './diagnostics/matrix.ts';
import { NAME_AND_TYPE_DIAGNOSTICS } from './diagnostics/names-and-types.ts';
import { RULE_DIAGNOSTICS } from './diagnostics/rules.ts';
import { RUN_DIAGNOSTICS } from './diagnostics/run.ts';

/** Every code of every layer. */
export const ALL_DIAGNOSTICS: DiagnosticTable = {
  ...SYNTAX_DIAGNOSTICS,
  ...NAME_AND_TYPE_DIAGNOSTICS,
  ...MATRIX_DIAGNOSTICS,
  ...RULE_DIAGNOSTICS,
  ...RUN_DIAGNOSTICS,
};

/** Accepts `exp3012`, `3012` and `error[EXP3012]`, as people copy them. */
function normalized(code: string): string {
  const digits = /\d+/.exec(code)?.[0] ?? code;
  return `EXP${digits}`;
}

/** The long form of a code as Markdown; null when there is no such code. */
export function explain(code: string): string | null {
  const name = normalized(code);
  const definition = Object.hasOwn(ALL_DIAGNOSTICS, name) ? ALL_DIAGNOSTICS[name] : undefined;
  if (definition === undefined) return null;
  const message = definition.message.replace(/\{(\w+)\}/g, '…');
  return `${definition.severity}[${name}]: ${message}\n\n${definition.explanation.trimEnd()}\n`;
}

/** The code that was most probably meant by one that does not exist. */
export function nearestCode(code: string): string | null {
  const name = normalized(code);
  const ranked = Object.keys(ALL_DIAGNOSTICS)
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= 2 ? best.known : null;
}
