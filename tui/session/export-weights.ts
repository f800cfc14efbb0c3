import { resolve } from 'node:path';
import { writeWhole } from '../../runtime/system/durable.ts';
import { EXPORT_FORMATS, exportWeights, isExportFormat } from '../../runtime/weights/export-weights.ts';
import { openWeights } from '../../runtime/weights/open-weights.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { type PlanSourceOptions, planFor } from './weights-model.ts';

export interface ExportOptions extends PlanSourceOptions {
  readonly output: string;
  readonly format: string;
  readonly checkpoint?: 'best' | 'last';
}

/** `exp weights export`. */
export async function exportTo(context: Context, target: string, options: ExportOptions): Promise<ExitCode> {
  const { format, output, checkpoint = null } = options;
  if (!isExportFormat(format))
    throw new UsageError(
      `weights are not written as ${format}`,
      `--format may be ${EXPORT_FORMATS.join(' or ')}; MONAI loads either, and torch.onnx.export goes on from there`,
    );
  const weights = await openWeights({
    target,
    cwd: context.cwd,
    runsDir: resolve(context.cwd, options.runsDir),
    checkpoint,
    plan: planFor(context, options),
  });
  for (const warning of weights.warnings) context.stderr.write(`warning: ${warning}\n`);
  writeWhole(resolve(context.cwd, output), ...exportWeights(weights, format));
  context.stdout.write(`${weights.path} as ${format} in ${output}\n`);
  return EXIT.ok;
}
