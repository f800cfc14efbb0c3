import { assertNever } from '../../dsl/assert-never.ts';
import type { Block, Experiment, Member, Name, Reference } from '../../dsl/ast.ts';
import type { Span } from '../../dsl/source.ts';
import { fieldOf, variantOf } from '../bind/lookup.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import type { LanguageDocument } from './document.ts';

/** A name that the user gives, everywhere in the program that it stands. */
export interface Occurrence {
  readonly kind: 'parameter' | 'environment' | 'profile' | 'experiment' | 'block';
  readonly name: string;
  readonly span: Span;
  readonly declares: boolean;
  /** The same for all occurrences of one thing: two things may have one name. */
  readonly key: string;
}

/** Every occurrence in a file and in those that it imports. */
export function occurrencesIn(document: LanguageDocument): readonly Occurrence[] {
  const { program, bound } = document.analysis;
  const found: Occurrence[] = [];
  const add = (kind: Occurrence['kind'], { text, span }: Name | Reference, declares: boolean, within = '') => {
    if (text !== '') found.push({ kind, name: text, span, declares, key: JSON.stringify([kind, within, text]) });
  };
  const addMembers = (members: readonly Member[], family: string) => {
    for (const member of members) {
      if (member.kind !== 'block') continue;
      if (member.keyword.text === 'sweep') {
        for (const axis of member.body ?? []) {
          if (axis.kind === 'setting' && bound.parameters.has(axis.name.text)) add('parameter', axis.name, false);
        }
      } else if (member.keyword.text === 'profile') {
        addProfile(member, family);
      } else if (member.variant?.kind === 'reference' && !isVariant(member, member.variant.text)) {
        add('block', member.variant, false, member.keyword.text);
      }
    }
  };
  const addProfile = ({ variant, on, body }: Block, family: string) => {
    if (variant?.kind === 'reference') add('profile', variant, true, family);
    if (on !== null) add('environment', on, false);
    addMembers(body ?? [], family);
  };
  const items = program.modules.flatMap((module) => module.file.items);
  const experiments = items.filter((item) => item.kind === 'experiment');
  const sharedProfiles = new Set(
    items.flatMap((item) =>
      item.kind === 'block' && item.keyword.text === 'profile' && item.variant?.kind === 'reference'
        ? item.variant.text
        : [],
    ),
  );
  for (const item of items) {
    switch (item.kind) {
      case 'parameter':
        add('parameter', item.name, true);
        break;
      case 'environment':
        add('environment', item.name, true);
        break;
      case 'experiment': {
        add('experiment', item.name, true);
        if (item.base !== null) add('experiment', item.base, false);
        addMembers(item.body, rootOf(item, experiments));
        break;
      }
      case 'block':
        if (item.keyword.text === 'profile') addProfile(item, '');
        else addBlock(item, add);
        break;
      case 'import':
      case 'broken':
        break;
      default:
        assertNever(item);
    }
  }
  for (const use of document.parameterUses) add('parameter', use, false);
  // A profile of an experiment goes on from the one outside of its name.
  return found.map((each) => {
    const isShared = each.kind === 'profile' && sharedProfiles.has(each.name);
    return isShared ? { ...each, key: JSON.stringify(['profile', '', each.name]) } : each;
  });
}

/** A block outside of the experiments: its own name, and that of the block it is made from. */
function addBlock(
  block: Block,
  add: (kind: 'block', name: Reference, declares: boolean, within: string) => void,
): void {
  const { keyword, label, variant } = block;
  const written = variant?.kind === 'reference' ? variant : null;
  const own = label ?? written;
  if (own !== null) add('block', own, true, keyword.text);
  if (label !== null && written !== null && !isVariant(block, written.text)) add('block', written, false, keyword.text);
}

function isVariant({ keyword }: Block, name: string): boolean {
  const type = fieldOf(EXPERIMENT, keyword.text)?.type;
  return type?.kind === 'blockChoice' && variantOf(type.variants, name) !== undefined;
}

/** The experiment that, over several steps, one is built on: they share their profiles. */
function rootOf(experiment: Experiment, all: readonly Experiment[]): string {
  const seen = new Set<Experiment>();
  let at = experiment;
  while (!seen.has(at)) {
    seen.add(at);
    const { base } = at;
    at = all.find((each) => each.name.text === base?.text) ?? at;
  }
  return at.name.text;
}

/** The occurrence that covers an offset of the document's own file, its end included. */
export function occurrenceAt(document: LanguageDocument, offset: number): Occurrence | null {
  const { path } = document.source;
  const covers = ({ span }: Occurrence) => span.file.path === path && span.start <= offset && offset <= span.end;
  return occurrencesIn(document).find(covers) ?? null;
}
