import type { Block, Experiment, Member } from '../../dsl/ast.ts';
import { nearestName } from '../../dsl/edit-distance.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { mergeBodies } from '../resolve/merge.ts';
import { bindBody } from './bind-body.ts';
import { bindProfiles, shippedProfiles } from './bind-profiles.ts';
import type { BoundBody, BoundExperiment, BoundProfile } from './bound.ts';
import type { BindContext, Scope } from './context.ts';
import type { Environments } from './environments.ts';
import { reportTwice } from './report.ts';

/**
 * `experiment b extends a { … }`: what `b` says overrides what `a` says by name, blocks merge, lists replace, as a
 * profile does. A profile that stands outside of experiments or in `a` is one of `b` too, and a profile of the same name in
 * `b` goes on from it.
 *
 * @param own in which the experiments' own settings are read
 */
export function bindExperiments(
  declared: readonly Experiment[],
  sharedProfiles: readonly Block[],
  environments: Environments,
  scope: Scope,
  own: Scope = scope,
): ReadonlyMap<string, BoundExperiment> {
  const layer = { kind: 'experiment' } as const;
  const context: BindContext = { ...scope, layer };
  const ownContext: BindContext = { ...own, layer };
  const byName = new Map<string, Experiment>();
  for (const experiment of declared) {
    const { text, span } = experiment.name;
    const earlier = byName.get(text);
    if (earlier === undefined) byName.set(text, experiment);
    else reportTwice(context, text, span, earlier.name.span);
  }
  const bound = new Map<string, Layers>();
  /** Those that are being bound, each built on the next. */
  const way: Experiment[] = [];

  const baseOf = (experiment: Experiment): Layers | null => {
    const { base } = experiment;
    if (base === null || base.text === '') return null;
    const found = byName.get(base.text);
    if (found === undefined) {
      if (!scope.incomplete) {
        const near = nearestName(base.text, byName.keys());
        context.report(
          reportName('EXP2011', base.span, { name: base.text }, near === null ? {} : didYouMean(near, base.span)),
        );
      }
      return null;
    }
    const start = way.indexOf(found);
    if (start === -1) return bindOnce(found);
    const cycle = [...way.slice(start), found].map((one) => one.name.text).join(' → ');
    const related = way.slice(start, -1).map(({ base: next, name }) => ({
      span: next?.span ?? name.span,
      message: `\`${name.text}\` extends it`,
    }));
    context.report(reportName('EXP2010', base.span, { name: found.name.text, cycle }, { related }));
    return null;
  };

  const bindOnce = (experiment: Experiment): Layers => {
    const known = bound.get(experiment.name.text);
    if (known !== undefined && byName.get(experiment.name.text) === experiment) return known;
    way.push(experiment);
    const base = baseOf(experiment);
    way.pop();
    const layers = bindExperiment(experiment, base, sharedProfiles, environments, context, ownContext);
    if (byName.get(experiment.name.text) === experiment) bound.set(experiment.name.text, layers);
    return layers;
  };

  for (const experiment of declared) bindOnce(experiment);
  return new Map([...bound].map(([name, { experiment }]) => [name, experiment]));
}

interface Layers {
  readonly experiment: BoundExperiment;
  /** Of the base before those of the experiment itself. */
  readonly profiles: readonly (readonly Block[])[];
}

function bindExperiment(
  experiment: Experiment,
  base: Layers | null,
  sharedProfiles: readonly Block[],
  environments: Environments,
  context: BindContext,
  ownContext: BindContext,
): Layers {
  const { text: name, span: nameSpan } = experiment.name;
  const members = experiment.body.filter((member) => !isProfile(member));
  const own = bindBody(members, 'the experiment', ownContext, base?.experiment.body.table);
  // What an unknown base might have held is not missing.
  const lacksBase = experiment.base !== null && base === null;
  const body: BoundBody =
    base === null ? { ...own, incomplete: own.incomplete || lacksBase } : mergeBodies(base.experiment.body, own);
  const blocks = [...(base?.profiles ?? []), experiment.body.filter(isProfile)];
  // Each place goes on with the profiles of those before it; those that every file has are replaced.
  const written = new Map<string, BoundProfile>();
  for (const layer of [sharedProfiles, ...blocks]) {
    for (const [each, profile] of bindProfiles(layer, body.table, written, environments, context)) {
      written.set(each, profile);
    }
  }
  const profiles = new Map([...shippedProfiles(body.table, environments), ...written]);
  return { experiment: { name, nameSpan, base: base?.experiment.name ?? null, body, profiles }, profiles: blocks };
}

function isProfile(member: Member): member is Block {
  return member.kind === 'block' && member.keyword.text === 'profile';
}
