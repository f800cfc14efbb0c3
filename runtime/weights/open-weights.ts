import { join } from 'node:path';
import type { WeightSpec } from '../../compiler/graph/types.ts';
import { packWeights } from '../../compiler/graph/weights.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { type CheckpointKind, checkpointPath, loadCheckpoint } from '../checkpoints/checkpoint.ts';
import { CheckpointError, WeightsError } from '../errors.ts';
import { type RunFolder, readPlanFile } from '../run/run-folder.ts';
import { locateWeights, standInText } from './locate-weights.ts';
import { readWeights, weightSpecs } from './read-weights.ts';
import { openWeightsFile } from './weights-file.ts';

/** Opens trained weights, whatever a user names them by: for `exp predict`, `exp evaluate` and `exp weights export`. */

export interface OpenWeights {
  /** The checkpoint or file that the weights came from. */
  readonly path: string;
  /** The run that they belong to; null for a file by itself. */
  readonly run: RunFolder | null;
  /** How volumes are prepared and segmented: the run's plan, or the one that was given. */
  readonly plan: Plan;
  /** Of `plan.model`, in the order of the vector. */
  readonly specs: readonly WeightSpec[];
  /** [weightCount] in the graph's layout: the input `weights` of `inferenceProgram(…).forward`. */
  readonly vector: Float32Array;
  /** What the user should know: an older checkpoint stands in for a damaged one. */
  readonly warnings: readonly string[];
}

export interface WeightsRequest {
  /**
   * A run (`latest`, an id, its beginning or end, a run folder), the folder of a checkpoint, or a .safetensors, .pt or
   * .pth file.
   */
  readonly target: string;
  /** What relative paths start from. */
  readonly cwd: string;
  /** Where runs are looked up by id. */
  readonly runsDir: string;
  /** Which checkpoint of a run; null takes the best, and the last where there is no best. */
  readonly checkpoint: CheckpointKind | null;
  /** For files: the plan whose model they are for. Null takes that of the run folder around the file. */
  readonly plan: Plan | null;
}

/**
 * @throws RunError when there is no such run
 * @throws CheckpointError when the run has no whole checkpoint
 * @throws WeightsError when a file cannot be read, does not hold every parameter of the model, or nobody says which model
 */
export async function openWeights(request: WeightsRequest): Promise<OpenWeights> {
  const located = locateWeights(request.target, request);
  if (located.kind === 'file') return await openFileWeights(located.path, located.run, request.plan);
  const opened = openRunWeights(located.run, request.checkpoint);
  const standIn = standInText(located);
  return standIn === null ? opened : { ...opened, warnings: [standIn, ...opened.warnings] };
}

/** @throws CheckpointError when the run has no whole checkpoint */
export function openRunWeights(run: RunFolder, checkpoint: CheckpointKind | null): OpenWeights {
  const { plan, planId } = readPlanFile(run.dir);
  const specs = weightSpecs(plan.model);
  const { formerPlans } = run.info;
  const context = { runDir: run.dir, planId, formerPlans, seed: plan.seed, model: plan.model, weights: specs };
  const kinds: readonly CheckpointKind[] = checkpoint === null ? ['best', 'last'] : [checkpoint];
  for (const kind of kinds) {
    const loaded = loadCheckpoint(context, kind);
    if (loaded === null) continue;
    const { insteadOf } = loaded;
    const warnings =
      insteadOf === null ? [] : [`${insteadOf.path} is damaged (${insteadOf.reason}): the one before is used`];
    return { path: join(run.dir, checkpointPath(kind)), run, plan, specs, vector: loaded.weights, warnings };
  }
  throw new CheckpointError(run.dir, `${run.id} has no checkpoint ${kinds.join(' or ')}`, {
    help: 'a run has one after its first epoch; see what there is with `exp show`',
  });
}

async function openFileWeights(path: string, run: RunFolder | null, given: Plan | null): Promise<OpenWeights> {
  const plan = given ?? (run === null ? null : readPlanFile(run.dir).plan);
  if (plan === null)
    throw new WeightsError(path, `${path} does not say how its model is built and its images are prepared`, {
      help: 'name the experiment that it is for with --model my.exp, or its run with --run',
    });
  const specs = weightSpecs(plan.model);
  const file = await openWeightsFile(path);
  try {
    const { match, parameters } = await readWeights(file, plan.model, specs);
    const lacking = [...match.shapes.map(({ parameter }) => parameter), ...match.missing];
    if (lacking.length > 0)
      throw new WeightsError(
        path,
        `${path} lacks ${lacking.length} of the ${specs.length} parameters of ${plan.model.name}, such as ${lacking.slice(0, 3).join(', ')}`,
        { help: 'see which and why with `exp weights import`' },
      );
    return { path, run, plan, specs, vector: packWeights(specs, ({ name }) => parameters.get(name)), warnings: [] };
  } finally {
    file.close();
  }
}
