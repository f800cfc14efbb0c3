import { assertNever } from '../../dsl/assert-never.ts';
import type { Block, Environment, Experiment, Parameter } from '../../dsl/ast.ts';
import { type Program, pathFromRoot } from '../modules/load.ts';
import { bindExperiments } from './bind-experiments.ts';
import { bindProfiles } from './bind-profiles.ts';
import type { BoundExperiment } from './bound.ts';
import { NO_BLOCKS, type Scope } from './context.ts';
import { bindEnvironments, type Environments } from './environments.ts';
import { bindNamedBlocks } from './named-blocks.ts';
import type { Override } from './override.ts';
import { bindParameters, evaluate, givenAt, type Outside, type Parameters } from './parameters.ts';
import { type Remembered, rememberingScope } from './remember.ts';

/** The syntax trees of a program → its experiments, with names looked up and single values read. */

export interface BoundProgram {
  /** By name; those of imported files too. */
  readonly experiments: ReadonlyMap<string, BoundExperiment>;
  /** Those of the file itself that no other one builds on: what running the file means. */
  readonly runnable: readonly BoundExperiment[];
  /** What the file itself says at its top: nothing, experiments (and more), or only what others may import. */
  readonly content: 'nothing' | 'experiments' | 'library';
  readonly environments: Environments;
  readonly parameters: Parameters;
  readonly scope: Scope;
}

/** All top-level statements of a program share one space of names, whichever file they stand in. */
interface Declarations {
  readonly experiments: Experiment[];
  readonly environments: Environment[];
  readonly profiles: Block[];
  readonly blocks: Block[];
  readonly parameters: Parameter[];
}

/** @param remembered of earlier bindings of the same program, with other values of parameters only */
export function bindProgram(
  program: Program,
  overrides: readonly Override[],
  outside: Outside,
  remembered: Remembered = new Map(),
): BoundProgram {
  const declared = declarationsOf(program);
  const names = new Set(declared.parameters.map((parameter) => parameter.name.text));
  const given = new Map(overrides.flatMap(({ path, value }) => (names.has(path.text) ? [[path.text, value]] : [])));
  const parameters = bindParameters(declared.parameters, given, outside);
  const withoutBlocks: Scope = {
    report: outside.report,
    evaluate: (expression) => evaluate(expression, parameters, outside),
    givenAt: (expression) => givenAt(expression, parameters),
    fromRoot: (path, span) => pathFromRoot(program, path, span),
    blocks: NO_BLOCKS,
    remember: (_, bind) => bind(),
    incomplete: program.incomplete,
  };
  const layer = { kind: 'experiment' } as const;
  const environments = bindEnvironments(declared.environments, { ...withoutBlocks, layer });
  const scope = { ...withoutBlocks, blocks: bindNamedBlocks(declared.blocks, { ...withoutBlocks, layer }) };
  const own = rememberingScope(scope, parameters, remembered);
  const experiments = bindExperiments(declared.experiments, declared.profiles, environments, scope, own);
  // With no experiment to override they are read all the same.
  if (experiments.size === 0) bindProfiles(declared.profiles, new Map(), new Map(), environments, scope);
  return {
    experiments,
    runnable: runnableOf(program, experiments),
    content: contentOf(program),
    environments,
    parameters,
    scope,
  };
}

function declarationsOf({ modules }: Program): Declarations {
  const found: Declarations = { experiments: [], environments: [], profiles: [], blocks: [], parameters: [] };
  for (const item of modules.flatMap((module) => module.file.items)) {
    switch (item.kind) {
      case 'experiment':
        found.experiments.push(item);
        break;
      case 'environment':
        found.environments.push(item);
        break;
      case 'parameter':
        found.parameters.push(item);
        break;
      case 'block':
        (item.keyword.text === 'profile' ? found.profiles : found.blocks).push(item);
        break;
      // Followed when the program was loaded, and reported by the parser.
      case 'import':
      case 'broken':
        break;
      default:
        assertNever(item);
    }
  }
  return found;
}

function runnableOf(
  { modules: [root] }: Program,
  experiments: ReadonlyMap<string, BoundExperiment>,
): readonly BoundExperiment[] {
  const bases = new Set([...experiments.values()].map((experiment) => experiment.base));
  return [...experiments.values()].filter(({ name, nameSpan }) => nameSpan.file === root.source && !bases.has(name));
}

function contentOf({ modules: [root] }: Program): BoundProgram['content'] {
  const { items } = root.file;
  if (items.some((item) => item.kind === 'experiment')) return 'experiments';
  return items.length === 0 ? 'nothing' : 'library';
}
