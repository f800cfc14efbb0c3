import type { PlanModel } from '../../compiler/plan/schema.ts';
import { encodeSafetensors, type SafeTensor } from '../checkpoints/safetensors.ts';
import { monaiExtras } from '../checkpoints/state-dict.ts';
import { writeWhole } from '../system/durable.ts';
import type { NameMatch } from './match-names.ts';
import { readWeights, weightSpecs } from './read-weights.ts';
import type { WeightsFile } from './types.ts';
import { openWeightsFile } from './weights-file.ts';

export interface ImportReport extends NameMatch, Pick<WeightsFile, 'path' | 'format' | 'wrapper'> {
  readonly model: PlanModel['name'];
  /** Whether the file gave every parameter of the model and nothing else. */
  readonly complete: boolean;
  /** Where the matched tensors were written; null where nothing was asked for, or `strict` refused. */
  readonly written: string | null;
}

/**
 * Reads what fits a model out of a file and writes it as safetensors under the model's own names, buffers included.
 *
 * @param output null only reports
 * @param strict writes nothing unless the file is complete
 * @throws WeightsError when the file cannot be read, or nothing in it fits
 */
export async function importWeights(
  path: string,
  model: PlanModel,
  { output, strict }: { readonly output: string | null; readonly strict: boolean },
): Promise<ImportReport> {
  const specs = weightSpecs(model);
  const file = await openWeightsFile(path);
  try {
    const { match, parameters } = await readWeights(file, model, specs);
    const complete = match.shapes.length + match.missing.length + match.unexpected.length === 0;
    const written = strict && !complete ? null : output;
    if (written !== null) {
      const fitting = specs.filter(({ name }) => parameters.has(name));
      const tensors = new Map(
        fitting.map(({ name, storedShape: shape }): [string, SafeTensor] => {
          return [name, { dtype: 'F32', shape, data: parameters.get(name) ?? new Float32Array() }];
        }),
      );
      const all = new Map([...tensors, ...monaiExtras(model, tensors)]);
      writeWhole(written, ...encodeSafetensors({ tensors: all, metadata: { format: 'pt' } }));
    }
    const { format, wrapper } = file;
    return { path, format, wrapper, model: model.name, ...match, complete, written };
  } finally {
    file.close();
  }
}
