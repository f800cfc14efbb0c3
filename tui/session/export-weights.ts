import { resolve } from 'node:path';
import { formatShape } from '../../compiler/graph/shapes.ts';
import type { ExportFormat } from '../../runtime/weights/export-formats.ts';
import { exportTo } from '../../runtime/weights/export-to.ts';
import { holdsNetwork } from '../../runtime/weights/export-weights.ts';
import { openWeights } from '../../runtime/weights/open-weights.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { formatBytes } from '../format/quantities.ts';
import { jsonDocument } from '../json/write.ts';
import { type PlanSourceOptions, planFor } from './weights-model.ts';

export interface ExportOptions extends PlanSourceOptions {
  readonly output: string;
  readonly format: ExportFormat;
  readonly checkpoint?: 'best' | 'last';
  readonly size?: [number, number, number];
  /** MiB. */
  readonly shardSize?: number;
  readonly json?: boolean;
}

/** `exp weights export`. */
export async function exportCommand(context: Context, target: string, options: ExportOptions): Promise<ExitCode> {
  const { format, size = null, checkpoint = null } = options;
  const shardBytes = options.shardSize === undefined ? null : options.shardSize * 2 ** 20;
  if (size !== null && !holdsNetwork(format)) {
    throw new UsageError(`--size is of no use: ${format} holds the weights alone`, 'leave it away, or --format onnx');
  }
  if (shardBytes !== null && format !== 'tfjs') {
    throw new UsageError(`--shard-size is of no use: ${format} is one file`, 'leave it away, or --format tfjs');
  }
  const weights = await openWeights({
    target,
    cwd: context.cwd,
    runsDir: resolve(context.cwd, options.runsDir),
    checkpoint,
    plan: planFor(context, options),
  });
  for (const warning of weights.warnings) context.stderr.write(`warning: ${warning}\n`);
  const report = exportTo(resolve(context.cwd, options.output), weights, { format, size, shardBytes });
  const holds = report.size === null ? '' : `, for images of ${formatShape(report.size)} voxels`;
  context.stdout.write(
    options.json === true
      ? jsonDocument('weights-export', report)
      : `${report.source} as ${format} in ${options.output} (${formatBytes(report.bytes)})${holds}\n`,
  );
  return EXIT.ok;
}
