import type { Span } from './source.ts';

/**
 * The syntax tree of an `.exp` file: plain readonly data, discriminated by `kind`, one span a node. It says what was
 * written, not what it means: units are kept as text, names are not looked up.
 */

export interface File {
  readonly kind: 'file';
  readonly span: Span;
  readonly items: readonly TopLevel[];
}

export type TopLevel = Import | Parameter | Experiment | Environment | Block | Broken;

/**
 * A statement that could not be read and has been reported. It is kept so that later stages do not report its absence
 * ("`model` is missing") a second time.
 */
export interface Broken {
  readonly kind: 'broken';
  readonly span: Span;
}

/** Empty where a name should be and none is; that has been reported already. */
export interface Name {
  readonly kind: 'name';
  readonly span: Span;
  readonly text: string;
}

/** `import "shared/data.exp"` */
export interface Import {
  readonly kind: 'import';
  readonly span: Span;
  readonly path: StringLiteral;
}

/** `param lr: number = 1e-4` */
export interface Parameter {
  readonly kind: 'parameter';
  readonly span: Span;
  readonly name: Name;
  readonly type: Name;
  readonly defaultValue: Expression | null;
}

/** `experiment b extends a { … }` */
export interface Experiment {
  readonly kind: 'experiment';
  readonly span: Span;
  readonly name: Name;
  readonly base: Name | null;
  readonly body: readonly Member[];
}

/** `environment lab.a100 { … }` */
export interface Environment {
  readonly kind: 'environment';
  readonly span: Span;
  readonly name: Reference;
  readonly body: readonly Member[];
}

/** What may stand inside a block. A bare call (`flip(…)`) is an entry of `augment`. */
export type Member = Setting | Block | CallStatement | Expectation | Parameter | Broken;

/** `patch: 96x96x96`; the name may be dotted in `sweep { optimizer.learning_rate: […] }`. */
export interface Setting {
  readonly kind: 'setting';
  readonly span: Span;
  readonly name: Reference;
  readonly value: Expression;
}

/**
 * `dataset bids("data") { … }`, `model SwinUNETR { … }`, `schedule { … }`, `profile cloud-gpu on aws.g4dn.xlarge { … }`,
 * `sweep random(trials: 20) { … }`.
 */
export interface Block {
  readonly kind: 'block';
  readonly span: Span;
  readonly keyword: Name;
  /** The first of two words after the keyword: `organ` in `dataset organ bids("data/organ") { … }`. */
  readonly label: Reference | null;
  /** The variant (or, standing alone, what may be a label) after the keyword; a call where arguments follow it. */
  readonly variant: Reference | Call | null;
  /** The environment after `on`, in profiles. */
  readonly on: Reference | null;
  /** Null when the block has no braces (`dataset bids("x")`). */
  readonly body: readonly Member[] | null;
}

export interface CallStatement {
  readonly kind: 'callStatement';
  readonly span: Span;
  readonly call: Call;
}

/** `expect val.dice >= 0.80` */
export interface Expectation {
  readonly kind: 'expectation';
  readonly span: Span;
  readonly metric: Reference;
  readonly operator: ComparisonOperator;
  readonly operatorSpan: Span;
  readonly value: Expression;
}

export type ComparisonOperator = '>=' | '<=' | '>' | '<';

export type Expression =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | Money
  | Triple
  | Range
  | List
  | Slashed
  | Call
  | Reference
  | Phrase
  | Sequence
  | Missing;

/** Stands where a value should be and none is; it has been reported already. */
export interface Missing {
  readonly kind: 'missing';
  readonly span: Span;
}

/** `42`, `1e-4`, `8GB`, `1.5mm`, `50%`, `5 epochs`: a number and its unit as written, or null. */
export interface NumberLiteral {
  readonly kind: 'number';
  readonly span: Span;
  readonly value: number;
  readonly unit: string | null;
  /** The number as written, without the unit, so that printing loses nothing. */
  readonly text: string;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly span: Span;
  readonly value: string;
  /** As written, with quotes and escapes, so that printing loses nothing. */
  readonly text: string;
}

export interface BooleanLiteral {
  readonly kind: 'boolean';
  readonly span: Span;
  readonly value: boolean;
}

/** `$30`, `$0.526/h`; `text` is the amount as written. */
export interface Money {
  readonly kind: 'money';
  readonly span: Span;
  readonly amount: number;
  readonly text: string;
  readonly per: string | null;
}

/** `96x96x96`, `1.0x1.0x2.5 mm` */
export interface Triple {
  readonly kind: 'triple';
  readonly span: Span;
  readonly parts: readonly [NumberLiteral, NumberLiteral, NumberLiteral];
  readonly unit: string | null;
}

/** `2..4`, `1e-5..1e-3` */
export interface Range {
  readonly kind: 'range';
  readonly span: Span;
  readonly from: NumberLiteral;
  readonly to: NumberLiteral;
}

/** `[1, 2]` */
export interface List {
  readonly kind: 'list';
  readonly span: Span;
  readonly items: readonly Expression[];
}

/** `70% / 15% / 15%` */
export interface Slashed {
  readonly kind: 'slashed';
  readonly span: Span;
  readonly parts: readonly Expression[];
}

/** `adamw(learning_rate: 1e-4)`, `env("DATA_ROOT", "data")` */
export interface Call {
  readonly kind: 'call';
  readonly span: Span;
  readonly callee: Reference;
  readonly arguments: readonly Argument[];
}

export interface Argument {
  readonly kind: 'argument';
  readonly span: Span;
  readonly name: Name | null;
  readonly value: Expression;
}

/** `val.dice`, `aws.g4dn.xlarge`, `RAS`, `lr` */
export interface Reference {
  readonly kind: 'reference';
  readonly span: Span;
  readonly text: string;
}

/**
 * Words around a value, as a person says them: `every 2 epochs`, `first 8`, `patience 20 epochs on val.dice`.
 * Words and values alternate as written; the field's type decides which phrases it takes.
 */
export interface Phrase {
  readonly kind: 'phrase';
  readonly span: Span;
  readonly parts: readonly (Name | NumberLiteral | Reference)[];
}

/** `$30, 20h`: values of one setting, separated by commas. */
export interface Sequence {
  readonly kind: 'sequence';
  readonly span: Span;
  readonly items: readonly Expression[];
}
