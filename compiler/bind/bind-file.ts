import { assertNever } from '../../dsl/assert-never.ts';
import type { Block, Environment, Expectation, Experiment, File, Member, Parameter } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { nearestName } from '../../dsl/edit-distance.ts';
import { parse } from '../../dsl/parser.ts';
import type { Span } from '../../dsl/source.ts';
import { PROFILE_CATALOGUE } from '../catalogue/profiles.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { EXPERIMENT, UNSUPPORTED } from '../fields/experiment.ts';
import { mismatch } from '../fields/values/describe.ts';
import { fractionOf } from '../fields/values/numbers.ts';
import { bindMembers } from './bind-table.ts';
import type { BoundBody, BoundExpectation, BoundExperiment, BoundProfile, BoundTable, Layer } from './bound.ts';
import { type BindContext, readerOf } from './context.ts';
import { bindEnvironments, type Environments } from './environments.ts';
import type { Override } from './override.ts';
import { bindParameters, evaluate, givenAt, type Outside, type Parameters } from './parameters.ts';
import { didYouMean } from './report.ts';

/** A syntax tree → its experiment with names looked up and single values read. */

export interface BoundFile {
  readonly experiment: BoundExperiment | null;
  readonly parameters: Parameters;
}

interface Declarations {
  readonly experiments: Experiment[];
  readonly environments: Environment[];
  readonly profiles: Block[];
  readonly parameters: Parameter[];
  /** A statement at the top could not be read: what is missing may be in it. */
  incomplete: boolean;
}

export function bindFile(file: File, overrides: readonly Override[], outside: Outside): BoundFile {
  const declared = sortTopLevel(file, outside.report);
  const names = new Set(declared.parameters.map((parameter) => parameter.name.text));
  const given = new Map(overrides.flatMap(({ path, value }) => (names.has(path.text) ? [[path.text, value]] : [])));
  const parameters = bindParameters(declared.parameters, given, outside);
  const contextFor = (layer: Layer): BindContext => ({
    layer,
    report: outside.report,
    evaluate: (expression) => evaluate(expression, parameters, outside),
    givenAt: (expression) => givenAt(expression, parameters),
  });
  const environments = bindEnvironments(declared.environments, contextFor({ kind: 'experiment' }));
  const [experiment, second] = declared.experiments;
  if (experiment === undefined) {
    if (!declared.incomplete) {
      outside.report(
        reportName(
          'EXP2001',
          { ...file.span, end: Math.min(1, file.span.end) },
          {},
          { help: 'write `experiment NAME { … }`' },
        ),
      );
    }
    for (const block of declared.profiles) bindProfile(block, new Map(), environments, contextFor);
    return { experiment: null, parameters };
  }
  if (second !== undefined) {
    const related = [{ span: experiment.name.span, message: 'the first is here' }];
    outside.report(reportName('EXP2002', second.name.span, {}, { related }));
  }
  return { experiment: bindExperiment(experiment, declared.profiles, environments, contextFor), parameters };
}

function sortTopLevel(file: File, report: (diagnostic: Diagnostic) => void): Declarations {
  const found: Declarations = { experiments: [], environments: [], profiles: [], parameters: [], incomplete: false };
  for (const item of file.items) {
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
      case 'import':
        found.incomplete = true;
        report(reportName('EXP2004', item.span, { what: '`import`' }, { help: 'copy what you need into this file' }));
        break;
      case 'block':
        if (item.keyword.text === 'profile') found.profiles.push(item);
        else {
          const what = `\`${item.keyword.text}\` outside of an experiment`;
          report(reportName('EXP2004', item.keyword.span, { what }, { help: 'write it inside the experiment' }));
        }
        break;
      case 'broken':
        found.incomplete = true;
        break;
      default:
        assertNever(item);
    }
  }
  return found;
}

type ContextFor = (layer: Layer) => BindContext;

function bindExperiment(
  experiment: Experiment,
  shared: readonly Block[],
  environments: Environments,
  contextFor: ContextFor,
): BoundExperiment {
  const context = contextFor({ kind: 'experiment' });
  if (experiment.base !== null) {
    const what = '`extends`';
    context.report(
      reportName('EXP2004', experiment.base.span, { what }, { help: 'write the settings out in this experiment' }),
    );
  }
  const own = experiment.body.filter((member): member is Block => isProfile(member));
  const members = experiment.body.filter((member) => !isProfile(member));
  const bound = bindBody(members, 'the experiment', context);
  // What the base might have held is not missing.
  const body = experiment.base === null ? bound : { ...bound, incomplete: true };
  const bindAll = (blocks: readonly Block[]) =>
    uniqueProfiles(
      blocks.flatMap((block) => bindProfile(block, body.table, environments, contextFor) ?? []),
      context,
    );
  // The experiment's own before those of the file before those that every file has.
  const profiles = new Map([...shippedProfiles(body.table, environments), ...bindAll(shared), ...bindAll(own)]);
  return { name: experiment.name.text, nameSpan: experiment.name.span, body, profiles };
}

function uniqueProfiles(profiles: readonly BoundProfile[], context: BindContext): ReadonlyMap<string, BoundProfile> {
  const unique = new Map<string, BoundProfile>();
  for (const profile of profiles) {
    const earlier = unique.get(profile.name);
    if (earlier === undefined) unique.set(profile.name, profile);
    else {
      const related = [{ span: earlier.span, message: 'given here first' }];
      context.report(reportName('EXP2005', profile.span, { name: profile.name }, { related }));
    }
  }
  return unique;
}

function isProfile(member: Member): member is Block {
  return member.kind === 'block' && member.keyword.text === 'profile';
}

function isUnsupported(name: string): name is keyof typeof UNSUPPORTED {
  return Object.hasOwn(UNSUPPORTED, name);
}

function bindBody(members: readonly Member[], owner: string, context: BindContext, inherited?: BoundTable): BoundBody {
  const expectations: BoundExpectation[] = [];
  const rest: Member[] = [];
  for (const member of members) {
    const name = member.kind === 'block' ? member.keyword : member.kind === 'setting' ? member.name : null;
    if (name !== null && isUnsupported(name.text)) {
      context.report(reportName('EXP2004', name.span, { what: UNSUPPORTED[name.text] }));
    } else if (member.kind === 'expectation') {
      const bound = bindExpectation(member, context);
      if (bound !== null) expectations.push(bound);
    } else rest.push(member);
  }
  const { table, incomplete } = bindMembers(rest, EXPERIMENT, owner, context, inherited);
  return { table, expectations, incomplete };
}

function bindExpectation(expectation: Expectation, context: BindContext): BoundExpectation | null {
  const { metric, operator, span } = expectation;
  const value = context.evaluate(expectation.value);
  if (value === null) return null;
  if (value.kind !== 'number' || (value.unit !== null && value.unit !== '%' && value.unit !== 'mm')) {
    mismatch(readerOf(context, 'expect'), value, 'a number to compare with', 'expect val.dice >= 0.80');
    return null;
  }
  return {
    span,
    layer: context.layer,
    metricSpan: metric.span,
    metric: metric.text,
    operator,
    value: fractionOf(value),
  };
}

function bindProfile(
  block: Block,
  base: BoundTable,
  environments: Environments,
  contextFor: ContextFor,
  shipped = false,
): BoundProfile | null {
  const name = block.variant?.kind === 'reference' ? block.variant.text : null;
  const span: Span = block.variant?.span ?? block.keyword.span;
  const context = contextFor({ kind: 'profile', name: name ?? '', shipped });
  if (name === null) {
    const help = 'for example `profile cloud-gpu on aws.g4dn.xlarge { … }`';
    if (block.variant === null)
      context.report(reportName('EXP2006', span, { owner: 'a profile', name: 'a name' }, { help }));
    else
      context.report(reportName('EXP2007', span, { name: 'profile', expected: 'a name', found: 'a call' }, { help }));
  }
  const body = bindBody(block.body ?? [], name === null ? 'the profile' : `the profile \`${name}\``, context, base);
  const environmentName = block.on?.text ?? 'local';
  const environment = environments.get(environmentName) ?? null;
  if (environment === null && block.on !== null && environmentName !== '') {
    const near = nearestName(environmentName, environments.keys());
    const options =
      near === null
        ? { help: '`exp doctor` lists none of these: see the catalogue, or declare `environment`' }
        : didYouMean(near, block.on.span);
    context.report(reportName('EXP2104', block.on.span, { name: environmentName }, options));
  }
  return name === null ? null : { name, span, environment, body, shipped };
}

/** The profiles that every file has, as overrides of this experiment. What is wrong with its base is reported there. */
function shippedProfiles(base: BoundTable, environments: Environments): ReadonlyMap<string, BoundProfile> {
  const [file] = parse({ path: 'catalogue/profiles.exp', text: PROFILE_CATALOGUE });
  const contextFor: ContextFor = (layer) => ({
    layer,
    report: () => {},
    evaluate: (expression) => expression,
    givenAt: (expression) => expression.span,
  });
  const profiles = file.items.flatMap((item) =>
    item.kind === 'block' ? (bindProfile(item, base, environments, contextFor, true) ?? []) : [],
  );
  return uniqueProfiles(profiles, contextFor({ kind: 'experiment' }));
}
