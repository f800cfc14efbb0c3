import { NAME_AND_TYPE_DIAGNOSTICS } from '../compiler/diagnostics/names-and-types.ts';
import { RULE_DIAGNOSTICS } from '../compiler/diagnostics/rules.ts';
import { RUN_DIAGNOSTICS } from '../compiler/diagnostics/run.ts';
import type { DiagnosticTable } from '../dsl/diagnostic.ts';
import { SYNTAX_DIAGNOSTICS } from '../dsl/syntax-diagnostics.ts';

/** Every code that `exp` may print, of all layers. */
export const ALL_DIAGNOSTICS: DiagnosticTable = {
  ...SYNTAX_DIAGNOSTICS,
  ...NAME_AND_TYPE_DIAGNOSTICS,
  ...RULE_DIAGNOSTICS,
  ...RUN_DIAGNOSTICS,
};
