import type { Block, File } from '../../dsl/ast.ts';
import { nearestName } from '../../dsl/edit-distance.ts';
import { parse } from '../../dsl/parser.ts';
import { PROFILE_CATALOGUE } from '../catalogue/profiles.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { mergeBodies, mergeTables } from '../resolve/merge.ts';
import { bindBody } from './bind-body.ts';
import type { BoundProfile, BoundTable } from './bound.ts';
import { plainScope, type Scope } from './context.ts';
import type { Environments } from './environments.ts';
import { reportTwice } from './report.ts';

/** `profile NAME on ENVIRONMENT { … }` as overrides of one experiment. */

export type Profiles = ReadonlyMap<string, BoundProfile>;

/** Profiles of one place in which a name stands once: an experiment, or all that stands outside of experiments. */
export function bindProfiles(
  blocks: readonly Block[],
  base: BoundTable,
  inherited: Profiles,
  environments: Environments,
  scope: Scope,
): Profiles {
  const profiles = new Map<string, BoundProfile>();
  for (const block of blocks) {
    const profile = bindProfile(block, base, inherited, environments, scope, false);
    if (profile === null) continue;
    const earlier = profiles.get(profile.name);
    if (earlier === undefined) profiles.set(profile.name, profile);
    else reportTwice({ ...scope, layer: { kind: 'experiment' } }, profile.name, profile.span, earlier.span);
  }
  return profiles;
}

/** Parsed once, and only when a file has an experiment. */
let catalogue: File | null = null;

/** The profiles that every file has. What is wrong with the experiment that they override is reported there. */
export function shippedProfiles(base: BoundTable, environments: Environments): Profiles {
  catalogue ??= parse({ path: 'catalogue/profiles.exp', text: PROFILE_CATALOGUE })[0];
  const scope = plainScope(() => {});
  const profiles = catalogue.items.flatMap((item) =>
    item.kind === 'block' ? (bindProfile(item, base, new Map(), environments, scope, true) ?? []) : [],
  );
  return new Map(profiles.map((profile) => [profile.name, profile]));
}

/** @param inherited profiles that one of the same name goes on from */
function bindProfile(
  block: Block,
  base: BoundTable,
  inherited: Profiles,
  environments: Environments,
  scope: Scope,
  shipped: boolean,
): BoundProfile | null {
  const name = block.variant?.kind === 'reference' ? block.variant.text : null;
  const span = block.variant?.span ?? block.keyword.span;
  const context = { ...scope, layer: { kind: 'profile', name: name ?? '', shipped } as const };
  if (name === null) {
    const help = 'for example `profile cloud-gpu on aws.g4dn.xlarge { … }`';
    if (block.variant === null)
      context.report(reportName('EXP2006', span, { owner: 'a profile', name: 'a name' }, { help }));
    else
      context.report(reportName('EXP2007', span, { name: 'profile', expected: 'a name', found: 'a call' }, { help }));
  }
  const earlier = name === null ? undefined : inherited.get(name);
  const table = earlier === undefined ? base : mergeTables(base, earlier.body.table);
  const own = bindBody(block.body ?? [], name === null ? 'the profile' : `the profile \`${name}\``, context, table);
  const body = earlier === undefined ? own : mergeBodies(earlier.body, own);
  if (block.on === null && earlier !== undefined) return { ...earlier, body, span };
  const environmentName = block.on?.text ?? 'local';
  const environment = environments.get(environmentName) ?? null;
  const isUnknown = !environments.has(environmentName) && environmentName !== '' && !scope.incomplete;
  if (isUnknown && block.on !== null) {
    const near = nearestName(environmentName, environments.keys());
    const options =
      near === null
        ? { help: '`exp doctor` lists none of these: see the catalogue, or declare `environment`' }
        : didYouMean(near, block.on.span);
    context.report(reportName('EXP2104', block.on.span, { name: environmentName }, options));
  }
  return name === null ? null : { name, span, environment, body, shipped };
}
