import { type Command, InvalidArgumentError, Option } from 'commander';
import { PRECISIONS, type Precision } from '../../compiler/plan/precisions.ts';
import { positiveInteger } from './numbers.ts';
import { type PlanOptions, type RunsDirOption, withPlan, withRunsDir } from './options.ts';

/** Options that `exp predict` and `exp evaluate` share. */

export interface SegmentOptions extends PlanOptions, RunsDirOption {
  readonly model?: string;
  readonly run?: string;
  readonly checkpoint?: 'best' | 'last';
  readonly flips?: string;
  readonly overlap?: number;
  readonly precision?: Precision;
  readonly swBatchSize?: number;
  readonly postprocess?: readonly string[];
  readonly metrics?: string;
  readonly restore: 'probabilities' | 'nearest';
  readonly probabilities?: boolean;
  readonly overviews: number;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export interface PredictCommandOptions extends SegmentOptions {
  readonly output?: string;
  readonly beside?: boolean;
  readonly image?: string;
}

export interface EvaluateOptions extends SegmentOptions {
  readonly output?: string;
  readonly data?: string;
  readonly split?: string;
  readonly image?: string;
  readonly label?: string;
}

export function withSegmentOptions(command: Command): Command {
  return withRunsDir(withPlan(command))
    .option('-m, --model <file>', 'the .exp file that a file of weights is for')
    .option('-r, --run <run>', 'the run that a file of weights is for')
    .addOption(new Option('--checkpoint <which>', 'of a run; without it the best').choices(['best', 'last']))
    .option('--flips <axes>', 'average mirrored windows: x,y,z, or none; without it as the plan says')
    .option('--overlap <share>', 'of neighbouring windows, 0 to 0.95; without it as the plan says', share)
    .addOption(new Option('--precision <format>', 'of convolutions; without it as the plan says').choices(PRECISIONS))
    .option('--sw-batch-size <count>', 'windows that are segmented at once', positiveInteger)
    .option(
      '--postprocess <step>',
      'largest_component or fill_holes, with :1,2 for certain classes; again for more',
      collect,
    )
    .addOption(
      new Option('--restore <how>', 'labels on the image’s grid: from interpolated probabilities, or the nearest voxel')
        .choices(['probabilities', 'nearest'])
        .default('probabilities'),
    )
    .option('--probabilities', 'write the probability of each class too')
    .option('--overviews <count>', 'pictures of so many cases', count, 24)
    .option('--json', 'the events as JSON, one a line')
    .option('--csv', 'the table as CSV');
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

const MOST_OVERLAP = 0.95;

function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text !== '' && value >= 0 && value <= MOST_OVERLAP) return value;
  throw new InvalidArgumentError('It must be from 0 to 0.95, or 0% to 95%.');
}

function count(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number from 0.');
  return value;
}
