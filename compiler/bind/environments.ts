import type { Environment } from '../../dsl/ast.ts';
import { parse } from '../../dsl/parser.ts';
import type { Span } from '../../dsl/source.ts';
import { ENVIRONMENT_CATALOGUE } from '../catalogue/environments.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { ENVIRONMENT } from '../fields/environment.ts';
import { resolveTable } from '../resolve/resolve-table.ts';
import { bindMembers } from './bind-table.ts';
import type { BoundEnvironment } from './bound.ts';
import { type BindContext, plainScope } from './context.ts';

/**
 * Environments by name: those of the file before those of the shipped catalogue. Null is one that could not be read, which
 * has been reported.
 */
export type Environments = ReadonlyMap<string, BoundEnvironment | null>;

export function bindEnvironment(environment: Environment, context: BindContext): BoundEnvironment | null {
  const { text: name, span } = environment.name;
  const label = `the environment \`${name}\``;
  const { table, incomplete } = bindMembers(environment.body, ENVIRONMENT.fields, label, context);
  const resolution = {
    report: context.report,
    origins: new Map(),
    broken: new Set<string>(),
    incomplete: new Set<string>(),
  };
  const { values, complete } = resolveTable(ENVIRONMENT.fields, table, '', { label, span, incomplete }, resolution);
  return complete ? { name, span, values } : null;
}

/** Adds the file's environments to the catalogue. */
export function bindEnvironments(declared: readonly Environment[], context: BindContext): Environments {
  const own = new Map<string, BoundEnvironment | null>();
  const spans = new Map<string, Span>();
  for (const environment of declared) {
    const { text: name, span } = environment.name;
    const earlier = spans.get(name);
    const bound = bindEnvironment(environment, context);
    if (earlier !== undefined) {
      const related = [{ span: earlier, message: 'given here first' }];
      context.report(reportName('EXP2005', span, { name }, { related }));
    } else if (name !== '') {
      own.set(name, bound);
      spans.set(name, span);
    }
  }
  return new Map([...shippedEnvironments(), ...own]);
}

let shipped: ReadonlyMap<string, BoundEnvironment> | null = null;

/** @throws Error when the catalogue itself is wrong, which its test rules out */
export function shippedEnvironments(): ReadonlyMap<string, BoundEnvironment> {
  if (shipped !== null) return shipped;
  const fail = (message: string) => {
    throw new Error(`the shipped catalogue is wrong: ${message}`);
  };
  const [file, diagnostics] = parse({ path: 'catalogue/environments.exp', text: ENVIRONMENT_CATALOGUE });
  for (const diagnostic of diagnostics) fail(diagnostic.message);
  const scope = plainScope((diagnostic) => fail(diagnostic.message));
  const context: BindContext = { ...scope, layer: { kind: 'experiment' } };
  const found = new Map<string, BoundEnvironment>();
  for (const item of file.items) {
    const bound = item.kind === 'environment' ? bindEnvironment(item, context) : null;
    if (bound !== null) found.set(bound.name, bound);
  }
  shipped = found;
  return found;
}
