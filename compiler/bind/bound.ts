import type { ComparisonOperator, Expression, Reference } from '../../dsl/ast.ts';
import type { Span } from '../../dsl/source.ts';
import type { EnvironmentValues } from '../fields/environment.ts';
import type { ValueOf } from '../fields/field.ts';
import type { STOP, SWEEP } from '../fields/sweep.ts';

/**
 * The bound file: names are looked up and single values are read, layer by layer. What a layer does not say is absent
 * here; merging of layers and defaults come after.
 */

/** Where a value was written: the experiment itself, a profile, the command line, or what the compiler ships. */
export type Layer =
  | { readonly kind: 'experiment' }
  | { readonly kind: 'profile'; readonly name: string; readonly shipped: boolean }
  | { readonly kind: 'set'; readonly text: string };

/** What every bound value knows of its origin. */
export interface Written {
  readonly span: Span;
  readonly layer: Layer;
}

export interface BoundLeaf extends Written {
  readonly kind: 'leaf';
  readonly value: unknown;
}

/** A block or a call. */
export interface BoundRecord extends Written {
  readonly kind: 'record';
  /** Null where no variant was written; a merge may supply it. */
  readonly variant: string | null;
  readonly arguments: BoundTable;
  readonly settings: BoundTable;
  /** Whether it takes the place of an earlier value (a call) or adds to it (a block of the same variant). */
  readonly replaces: boolean;
  /** Part of it could not be read and has been reported, so that nothing can be said to be missing. */
  readonly incomplete: boolean;
}

export interface BoundCalls extends Written {
  readonly kind: 'calls';
  readonly items: readonly BoundRecord[];
  readonly incomplete: boolean;
}

/** Reported already; stands for the value so that nothing is reported twice. */
export interface BoundBroken extends Written {
  readonly kind: 'broken';
}

export type BoundValue = BoundLeaf | BoundRecord | BoundCalls | BoundBroken;

/** By name as written. */
export type BoundTable = ReadonlyMap<string, BoundValue>;

export interface BoundExpectation extends Written {
  readonly metricSpan: Span;
  readonly metric: string;
  readonly operator: ComparisonOperator;
  readonly value: number;
}

export type SweepStrategy = ValueOf<typeof SWEEP>;

/** When runs of a sweep stop before their schedule ends. */
export interface BoundStop {
  readonly span: Span;
  readonly value: ValueOf<typeof STOP>;
}

export interface BoundAxis {
  /** A setting by its dotted path, or a parameter. */
  readonly path: Reference;
  readonly values: Expression;
}

/** `sweep: none` has neither strategy nor axes: it switches the sweep of the layer below off. */
export interface BoundSweep {
  readonly span: Span;
  readonly layer: Layer;
  /** Null where it could not be read, which has been reported, or for `none`. */
  readonly strategy: SweepStrategy | null;
  readonly axes: readonly BoundAxis[];
  /** Null where none is written, or after a diagnostic was reported. */
  readonly stop: BoundStop | null;
  readonly off: boolean;
}

/** The settings of an experiment or a profile. */
export interface BoundBody {
  readonly table: BoundTable;
  /** Null where no sweep is written. */
  readonly sweep: BoundSweep | null;
  readonly expectations: readonly BoundExpectation[];
  readonly incomplete: boolean;
}

export interface BoundProfile {
  readonly name: string;
  readonly span: Span;
  /** Null where the name of the environment is unknown. */
  readonly environment: BoundEnvironment | null;
  readonly body: BoundBody;
  readonly shipped: boolean;
}

export interface BoundEnvironment {
  readonly name: string;
  readonly span: Span;
  readonly values: EnvironmentValues;
}

export interface BoundExperiment {
  readonly name: string;
  readonly nameSpan: Span;
  /** The experiment that it extends. */
  readonly base: string | null;
  /** With what the base says. */
  readonly body: BoundBody;
  readonly profiles: ReadonlyMap<string, BoundProfile>;
}
