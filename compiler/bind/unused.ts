import { assertNever } from '../../dsl/assert-never.ts';
import type { Block, Expression, File, Member, Reference, TopLevel } from '../../dsl/ast.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import type { Program } from '../modules/load.ts';

/** Names that a file declares and nothing in the program uses: mostly what a change left behind, or a misspelt use. */

interface Declared {
  readonly kind: Kind;
  /** What a use of it is recorded as. */
  readonly key: string;
  readonly what: string;
  readonly name: string;
  readonly span: Span;
  readonly help: string;
}

type Kind = 'value' | 'environment' | 'block';

/** Files that others import declare for those others, and a file that could not be read may hold the use. */
export function reportUnused({ modules, incomplete }: Program, report: (diagnostic: Diagnostic) => void): void {
  const [{ file }] = modules;
  const declared = file.items.flatMap((item) => declaredBy(item) ?? []);
  if (declared.length === 0 || incomplete || !file.items.some((item) => item.kind === 'experiment')) return;
  const used: Uses = { value: new Set(), environment: new Set(), block: new Set() };
  const isReadable = modules.map((module) => collectFile(module.file, used)).every(Boolean);
  if (!isReadable) return;
  for (const { kind, key, what, name, span, help } of declared) {
    if (!used[kind].has(key)) report(reportName('EXP2310', span, { what, name }, { help }));
  }
}

function declaredBy(item: TopLevel): Declared | null {
  switch (item.kind) {
    case 'parameter': {
      const { text: name, span } = item.name;
      const help = `use it where a value stands (\`learning_rate: ${name}\`), or remove it`;
      return { kind: 'value', key: name, what: 'the parameter', name, span, help };
    }
    case 'environment': {
      const { text: name, span } = item.name;
      const help = `a profile runs on it: \`profile NAME on ${name} { … }\`; or remove it`;
      return { kind: 'environment', key: name, what: 'the environment', name, span, help };
    }
    case 'block': {
      const named = nameOf(item);
      if (named === null || item.keyword.text === 'profile') return null;
      const { text: name, span } = named;
      const keyword = item.keyword.text;
      const help = `an experiment takes it as \`${keyword} ${name}\`; or remove it`;
      return { kind: 'block', key: blockKey(keyword, name), what: `the \`${keyword}\``, name, span, help };
    }
    default:
      return null;
  }
}

/** Blocks of different keywords may have the same name. */
function blockKey(keyword: string, name: string): string {
  return `${keyword} ${name}`;
}

/** `organ` of `dataset organ bids("data/organ") { … }` and of `schedule organ { … }`. */
function nameOf({ label, variant }: Block): Reference | null {
  return label ?? (variant?.kind === 'reference' ? variant : null);
}

type Uses = Readonly<Record<Kind, Set<string>>>;

/** @returns whether all of the file could be read */
function collectFile({ items }: File, used: Uses): boolean {
  return items
    .map((item) => {
      switch (item.kind) {
        case 'experiment':
        case 'environment':
          return collectMembers(item.body, used);
        case 'block':
          // The first of two words is its own name.
          return collectBlock(
            item,
            item.label === null && item.variant?.kind === 'reference' ? null : item.variant,
            used,
          );
        case 'parameter':
        case 'broken':
          return collectMember(item, used);
        case 'import':
          return true;
        default:
          return assertNever(item);
      }
    })
    .every(Boolean);
}

function collectMembers(members: readonly Member[], used: Uses): boolean {
  return members.map((member) => collectMember(member, used)).every(Boolean);
}

function collectMember(member: Member, used: Uses): boolean {
  switch (member.kind) {
    case 'setting':
      collectExpression(member.value, used);
      return true;
    case 'block':
      return collectBlock(member, member.variant, used);
    case 'callStatement':
      collectExpression(member.call, used);
      return true;
    case 'expectation':
      collectExpression(member.value, used);
      return true;
    case 'parameter':
      if (member.defaultValue !== null) collectExpression(member.defaultValue, used);
      return true;
    case 'broken':
      return false;
    default:
      return assertNever(member);
  }
}

function collectBlock({ keyword, on, body }: Block, variant: Block['variant'], used: Uses): boolean {
  if (on !== null) used.environment.add(on.text);
  if (variant?.kind === 'reference') used.block.add(blockKey(keyword.text, variant.text));
  if (variant?.kind === 'call') collectExpression(variant, used);
  if (body === null) return true;
  // What a sweep varies stands before the colon, and may be a parameter.
  if (keyword.text === 'sweep')
    for (const member of body) if (member.kind === 'setting') used.value.add(member.name.text);
  return collectMembers(body, used);
}

function collectExpression(expression: Expression, used: Uses): void {
  switch (expression.kind) {
    case 'reference':
      used.value.add(expression.text);
      return;
    case 'list':
    case 'sequence':
      for (const item of expression.items) collectExpression(item, used);
      return;
    case 'slashed':
      for (const part of expression.parts) collectExpression(part, used);
      return;
    case 'call':
      for (const { value } of expression.arguments) collectExpression(value, used);
      return;
    case 'phrase':
      for (const part of expression.parts) if (part.kind !== 'number') used.value.add(part.text);
      return;
    case 'number':
    case 'string':
    case 'boolean':
    case 'money':
    case 'triple':
    case 'range':
    case 'missing':
      return;
    default:
      assertNever(expression);
  }
}
