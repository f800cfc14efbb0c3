import {
  Alternation,
  type EmbeddedActionsParser,
  type ILookaheadStrategy,
  type IOrAlt,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  type Rule,
  Terminal,
  type TokenType,
} from 'chevrotain';

/**
 * Decides by one token, as Chevrotain does with `maxLookahead: 1`, from first sets that are computed once for each rule.
 * Its own strategy walks what follows every optional part of the grammar, which takes longer than all else at start-up and
 * comes to the same functions.
 */
export function oneTokenLookahead(): ILookaheadStrategy {
  const known = new Map<Rule, FirstSet>();

  function firstOf(definition: readonly IProduction[]): FirstSet {
    const types = new Set<number>();
    for (const part of definition) {
      const first = firstOfPart(part);
      for (const type of first.types) types.add(type);
      if (!first.mayBeEmpty) return { types, mayBeEmpty: false };
    }
    return { types, mayBeEmpty: true };
  }

  function firstOfPart(part: IProduction): FirstSet {
    if (part instanceof Terminal) return { types: new Set(matching(part.terminalType)), mayBeEmpty: false };
    if (part instanceof NonTerminal) return firstOfRule(part.referencedRule);
    if (part instanceof Option || part instanceof Repetition) return { ...firstOf(part.definition), mayBeEmpty: true };
    if (part instanceof RepetitionMandatory) return firstOf(part.definition);
    if (part instanceof Alternation) {
      const alternatives = part.definition.map(firstOfAlternative);
      return {
        types: new Set(alternatives.flatMap(({ types }) => [...types])),
        mayBeEmpty: alternatives.some(({ mayBeEmpty }) => mayBeEmpty),
      };
    }
    throw new Error(`the grammar uses ${part.constructor.name}, which one-token lookahead does not know`);
  }

  function firstOfRule(rule: Rule): FirstSet {
    const found = known.get(rule) ?? firstOf(rule.definition);
    known.set(rule, found);
    return found;
  }

  function firstOfAlternative(alternative: IProduction): FirstSet {
    return firstOf(definitionOf(alternative));
  }

  return {
    validate: () => [],

    buildLookaheadForAlternation({ rule, prodOccurrence, hasPredicates }) {
      const part = findPart(rule.definition, (each) => each instanceof Alternation && each.idx === prodOccurrence);
      const alternatives = definitionOf(part).map(firstOfAlternative);
      return hasPredicates ? gatedChoice(alternatives) : plainChoice(alternatives);
    },

    buildLookaheadForOptional({ rule, prodOccurrence, prodType }) {
      const kind = OPTIONAL_PARTS[prodType as keyof typeof OPTIONAL_PARTS];
      const part = findPart(rule.definition, (each) => each instanceof kind && each.idx === prodOccurrence);
      const { types } = firstOf(definitionOf(part));
      return function (this: EmbeddedActionsParser): boolean {
        return types.has(nextType(this));
      } as () => boolean;
    },
  };
}

type Choice = (choices?: readonly IOrAlt<unknown>[]) => number | undefined;

/** The first alternative that the next token may begin, or that may be empty. */
function plainChoice(alternatives: readonly FirstSet[]): Choice {
  const chosen = new Map<number, number>();
  for (const [index, { types, mayBeEmpty }] of alternatives.entries()) {
    for (const type of types) if (!chosen.has(type)) chosen.set(type, index);
    if (mayBeEmpty) break;
  }
  const empty = alternatives.findIndex(({ mayBeEmpty }) => mayBeEmpty);
  const otherwise = empty === -1 ? undefined : empty;
  return function (this: EmbeddedActionsParser) {
    return chosen.get(nextType(this)) ?? otherwise;
  } as Choice;
}

/** The same among those whose gate is open. */
function gatedChoice(alternatives: readonly FirstSet[]): Choice {
  return function (this: EmbeddedActionsParser, choices: readonly IOrAlt<unknown>[] = []) {
    const next = nextType(this);
    for (const [index, { types, mayBeEmpty }] of alternatives.entries()) {
      if ((mayBeEmpty || types.has(next)) && choices[index]?.GATE?.call(this) !== false) return index;
    }
    return undefined;
  } as Choice;
}

interface FirstSet {
  /** `tokenTypeIdx` of tokens that may come first, those of a category's members included. */
  readonly types: ReadonlySet<number>;
  readonly mayBeEmpty: boolean;
}

const OPTIONAL_PARTS = { Option, Repetition, RepetitionMandatory } as const;

function matching({ tokenTypeIdx, categoryMatches }: TokenType): readonly number[] {
  return [tokenTypeIdx ?? -1, ...(categoryMatches ?? [])];
}

function nextType(parser: EmbeddedActionsParser): number {
  // `LA` is for rules of the parser alone; a lookahead function is called with it as `this`.
  return (parser as unknown as { LA(offset: number): { readonly tokenTypeIdx: number } }).LA(1).tokenTypeIdx;
}

function definitionOf(part: IProduction | null): readonly IProduction[] {
  return part !== null && 'definition' in part && Array.isArray(part.definition) ? part.definition : [];
}

function findPart(parts: readonly IProduction[], isWanted: (part: IProduction) => boolean): IProduction | null {
  for (const part of parts) {
    const found = isWanted(part) ? part : findPart(part instanceof NonTerminal ? [] : definitionOf(part), isWanted);
    if (found !== null) return found;
  }
  return null;
}
