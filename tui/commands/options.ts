import type { Command } from 'commander';
import { positiveInteger } from './numbers.ts';

/** Options that several commands share, declared once. */

export interface RunsDirOption {
  readonly runsDir: string;
}

export function withRunsDir(command: Command): Command {
  return command.option('--runs-dir <folder>', 'where runs are kept', 'runs');
}

export interface OutputOptions {
  readonly plain?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly screenReader?: boolean;
}

export function withOutput(command: Command): Command {
  return command
    .option('--plain', 'one line an event instead of the live screen')
    .option('--json', 'the events as JSON, one a line')
    .option('--quiet', 'only the result')
    .option('--screen-reader', 'lines that a screen reader can follow, on a terminal too');
}

/** What the runs of a sweep or of folds need. */
export interface MatrixOutputOptions extends OutputOptions {
  readonly detach?: boolean;
  readonly jobs: number;
  readonly failFast?: boolean;
}

export function withMatrix(command: Command): Command {
  return withOutput(command)
    .option('--jobs <count>', 'how many runs of a sweep or of folds at once, memory permitting', positiveInteger, 1)
    .option('--fail-fast', 'stop the other runs of a sweep or of folds when one fails')
    .option('--detach', 'leave the run to itself; `exp watch` shows it');
}

export interface ExperimentOption {
  readonly experiment?: string;
}

export function withExperiment(command: Command): Command {
  return command.option('-e, --experiment <name>', 'which experiment of a file that has several');
}

export interface PlanOptions extends ExperimentOption {
  readonly profile?: string;
  readonly set: readonly string[];
}

export function withPlan(command: Command): Command {
  return withExperiment(command)
    .option('-p, --profile <name>', 'which profile of the file')
    .option('--set <path=value>', 'override one value; may be given again', collect, []);
}

export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** `exp plan`. */
export interface PlanCommandOptions extends PlanOptions, RunsDirOption {
  readonly json?: boolean;
  readonly explain?: string;
  readonly diff?: string;
  readonly diffProfile?: string;
  readonly graph?: boolean;
  readonly member?: number;
  readonly environments?: boolean;
  readonly sort?: 'cost' | 'time';
}
