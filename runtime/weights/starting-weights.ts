import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { WeightSpec } from '../../compiler/graph/types.ts';
import { initialWeights, packWeights, unpackWeights } from '../../compiler/graph/weights.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { locateWeights, weightsFileOf } from './locate-weights.ts';
import type { NameMatch } from './match-names.ts';
import { matchWeights, readWeights, weightSpecs } from './read-weights.ts';
import { openWeightsFile } from './weights-file.ts';

/** What a run with `model { weights: "…" }` starts from: what fits of a file, and random weights for the rest. */
export interface StartingWeights {
  readonly path: string;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
  readonly match: NameMatch;
  /** [weightCount] in the graph's layout. */
  readonly vector: Float32Array;
}

type FineTuning = Pick<Plan, 'model' | 'seed'>;

/**
 * @param baseDir where the `.exp` file lies
 * @returns null where the plan starts from random weights
 * @throws WeightsError when the file is missing, unreadable, or nothing in it fits the model
 */
export async function loadStartingWeights(
  { model, seed }: FineTuning,
  baseDir: string,
  specs: readonly WeightSpec[],
): Promise<StartingWeights | null> {
  if (model.weights === null) return null;
  const path = weightsFileOf(locateWeights(model.weights, { cwd: baseDir, runsDir: null }), null);
  const file = await openWeightsFile(path);
  try {
    const { match, parameters } = await readWeights(file, model, specs);
    const random = unpackWeights(specs, initialWeights(specs, seed));
    const vector = packWeights(specs, ({ name }) => parameters.get(name) ?? random.get(name));
    return { path, sha256: await fileDigest(path), match, vector };
  } finally {
    file.close();
  }
}

/**
 * The same mistakes as `loadStartingWeights` finds, from names and shapes alone: before a run is made.
 *
 * @throws WeightsError
 */
export async function checkStartingWeights({ model }: FineTuning, baseDir: string): Promise<void> {
  if (model.weights === null) return;
  const located = locateWeights(model.weights, { cwd: baseDir, runsDir: null });
  const file = await openWeightsFile(weightsFileOf(located, null));
  try {
    matchWeights(file, model, weightSpecs(model));
  } finally {
    file.close();
  }
}

/** `126 of 159 tensors; 33 start at random (2 of other shapes, 31 not in the file)` */
export function describeStart({ path, match }: StartingWeights): string {
  const { matched, shapes, missing } = match;
  const random = shapes.length + missing.length;
  const parts = [
    ...(shapes.length > 0 ? [`${shapes.length} of other shapes`] : []),
    ...(missing.length > 0 ? [`${missing.length} not in the file`] : []),
  ];
  const rest = random === 0 ? '' : `; ${random} start at random (${parts.join(', ')})`;
  return `weights from ${path}: ${matched.length} of ${matched.length + random} tensors${rest}`;
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
