import fc from 'fast-check';
import type * as A from '../../dsl/ast.ts';
import { isConnective, isKeyword } from '../../dsl/keywords.ts';
import type { SourceFile, Span } from '../../dsl/source.ts';
import { quoteString } from '../../dsl/strings.ts';

/** Arbitrary programs as syntax trees, for properties of printing and parsing. Their spans mean nothing. */

const NOWHERE: SourceFile = { path: 'generated.exp', text: '' };
const span: Span = { file: NOWHERE, start: 0, end: 0 };

const word = fc
  .stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}(-[A-Za-z0-9_]{1,4})?$/)
  .filter((text) => !isKeyword(text) && !isConnective(text) && !/^(extends|true|false|x|X)$/.test(text));

const name = word.map((text): A.Name => ({ kind: 'name', span, text }));
const reference = fc
  .array(word, { minLength: 1, maxLength: 3 })
  .map((words): A.Reference => ({ kind: 'reference', span, text: words.join('.') }));

const numeral = fc.oneof(
  fc.nat().map(String),
  fc.tuple(fc.nat(999), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`),
  fc.tuple(fc.nat(99), fc.integer({ min: -30, max: 30 })).map(([base, exponent]) => `${base}e${exponent}`),
);
const signed = fc.tuple(fc.constantFrom('', '-'), numeral).map(([sign, text]) => sign + text);
const unit = fc.option(fc.constantFrom('%', 'GB', 'mm', 'h', 's', 'epochs', 'steps', 'cores', 'e3'));

const number: fc.Arbitrary<A.NumberLiteral> = fc
  .tuple(signed, unit)
  .map(([text, unitText]) => ({ kind: 'number', span, value: Number(text), unit: unitText, text }));

const string = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map((value): A.StringLiteral => ({ kind: 'string', span, value, text: quoteString(value) }));

const part = numeral.map((text): A.NumberLiteral => ({ kind: 'number', span, value: Number(text), unit: null, text }));
const triple = fc
  .tuple(part, part, part, fc.option(fc.constantFrom('mm', 'voxels')))
  .map(([x, y, z, of]): A.Triple => ({ kind: 'triple', span, parts: [x, y, z], unit: of }));

const money = fc
  .tuple(numeral, fc.option(fc.constantFrom('h', 'month')))
  .map(([text, per]): A.Money => ({ kind: 'money', span, amount: Number(text), text, per }));

const range = fc.tuple(number, number).map(([from, to]): A.Range => ({ kind: 'range', span, from, to }));
const boolean = fc.boolean().map((value): A.BooleanLiteral => ({ kind: 'boolean', span, value }));

/** `every 2 epochs`, `patience 20 epochs on val.dice` */
const phrase = fc
  .tuple(name, number, fc.option(fc.tuple(fc.constantFrom('on', 'of', 'per'), fc.oneof(number, reference))))
  .map(([first, amount, rest]): A.Phrase => {
    const tail: A.Phrase['parts'] =
      rest === null
        ? []
        : [
            { kind: 'name', span, text: rest[0] },
            rest[1].kind === 'reference' && !rest[1].text.includes('.') ? { ...rest[1], kind: 'name' } : rest[1],
          ];
    return { kind: 'phrase', span, parts: [first, amount, ...tail] };
  });

// `$1 / h` is a price, so that money is no part of `a / b`.
const ratio = fc.oneof(number, string, boolean, triple, range, reference, phrase);
const atom = fc.oneof(ratio, money);

const { item, call } = fc.letrec<{ item: A.Expression; call: A.Call }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.array(tie('item'), { maxLength: 4 }).map((items): A.List => ({ kind: 'list', span, items })),
    tie('call'),
    fc.array(ratio, { minLength: 2, maxLength: 3 }).map((parts): A.Slashed => ({ kind: 'slashed', span, parts })),
  ),
  call: fc.tuple(reference, fc.array(fc.tuple(fc.option(name), tie('item')), { maxLength: 3 })).map(
    ([callee, given]): A.Call => ({
      kind: 'call',
      span,
      callee,
      arguments: given.map(([argument, value]): A.Argument => ({ kind: 'argument', span, name: argument, value })),
    }),
  ),
}));

const value = fc.oneof(
  { weight: 5, arbitrary: item },
  {
    weight: 1,
    arbitrary: fc
      .array(item, { minLength: 2, maxLength: 3 })
      .map((items): A.Sequence => ({ kind: 'sequence', span, items })),
  },
);

const setting = fc
  .tuple(reference, value)
  .map(([of, given]): A.Setting => ({ kind: 'setting', span, name: of, value: given }));
const callStatement = call.map((made): A.CallStatement => ({ kind: 'callStatement', span, call: made }));
const expectation = fc.tuple(reference, fc.constantFrom<A.ComparisonOperator>('>=', '<=', '>', '<'), number).map(
  ([metric, operator, bound]): A.Expectation => ({
    kind: 'expectation',
    span,
    metric,
    operator,
    operatorSpan: span,
    value: bound,
  }),
);
const parameter = fc
  .tuple(name, name, fc.option(item))
  .map(([of, type, defaultValue]): A.Parameter => ({ kind: 'parameter', span, name: of, type, defaultValue }));

const blockKeyword = fc
  .constantFrom('dataset', 'model', 'augment', 'schedule', 'sweep', 'profile')
  .map((text): A.Name => ({ kind: 'name', span, text }));

const { body, block } = fc.letrec<{ body: A.Member[]; block: A.Block }>((tie) => ({
  body: fc.array(fc.oneof({ depthSize: 'small' }, setting, callStatement, expectation, parameter, tie('block')), {
    maxLength: 5,
  }),
  block: fc
    .tuple(
      blockKeyword,
      fc.option(reference),
      fc.option(fc.oneof(reference, call)),
      fc.option(reference),
      fc.option(tie('body')),
    )
    .map(([keyword, label, variant, on, members]): A.Block => {
      const named = variant !== null;
      // Without braces something else has to say what it is.
      const content = members === null && !named ? [] : members;
      // `on` follows a plain name, and then there is no label: `profile cloud-gpu on aws.g4dn.xlarge`.
      const environment = variant?.kind === 'reference' ? on : null;
      const labelled = named && environment === null ? label : null;
      return { kind: 'block', span, keyword, label: labelled, variant, on: environment, body: content };
    }),
}));

const topLevel: fc.Arbitrary<A.TopLevel> = fc.oneof(
  string.map((path): A.Import => ({ kind: 'import', span, path })),
  parameter,
  block,
  fc
    .tuple(name, fc.option(name), body)
    .map(([of, base, members]): A.Experiment => ({ kind: 'experiment', span, name: of, base, body: members })),
  fc
    .tuple(reference, body)
    .map(([of, members]): A.Environment => ({ kind: 'environment', span, name: of, body: members })),
);

export const programs: fc.Arbitrary<A.File> = fc
  .array(topLevel, { maxLength: 5 })
  .map((items): A.File => ({ kind: 'file', span, items }));

/** A tree without its spans, to compare what was written and not where. */
export function withoutSpans(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node, (key, item) => (key === 'span' || key === 'operatorSpan' ? undefined : item)));
}
