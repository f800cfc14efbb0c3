import type { PlanOptions } from '../../commands/options.ts';

/** `exp submit FILE`. */
export interface SubmitOptions extends PlanOptions {
  readonly to?: string;
  readonly jobs?: number;
  readonly output?: string;
  readonly data?: string;
  readonly with: readonly string[];
  readonly exp?: string;
  readonly go?: boolean;
}

/** `exp submit logs`. */
export interface SubmitLogsOptions {
  readonly run?: number;
  readonly lines: number;
}

/** `exp submit work`, which jobs call. */
export interface SubmitWorkOptions {
  readonly part: string;
  readonly data?: string;
}
