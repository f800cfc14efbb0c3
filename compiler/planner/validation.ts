import type { DataOutlook } from '../outlook.ts';
import type { Plan } from '../plan/schema.ts';

/**
 * How many training steps the validations of a whole schedule are worth, by the arithmetic of the network's forward pass over
 * all windows of all cases.
 *
 * @returns null where the size of a case is not known
 */
export function validationSteps(plan: Plan, { caseSize, validationCases }: DataOutlook): number | null {
  if (caseSize === null) return null;
  const { patch, batchSize, inference, schedule, facts } = plan;
  const window = inference.roiSize ?? patch;
  const windows = caseSize.reduce(
    (product, size, axis) => product * windowsAlong(size, window[axis] ?? size, inference.overlap),
    1,
  );
  const voxels = (size: readonly number[]) => size.reduce((product, side) => product * side, 1);
  const forwardShare = (facts.forwardFlops / facts.stepFlops / batchSize) * (voxels(window) / voxels(patch));
  const validations = Math.ceil(schedule.epochs / schedule.validateEveryEpochs);
  return validations * validationCases * windows * 2 ** inference.flips.length * forwardShare;
}

/** MONAI's scan interval: the last window ends with the volume. */
function windowsAlong(size: number, window: number, overlap: number): number {
  const interval = Math.max(1, Math.floor(window * (1 - overlap)));
  return size <= window ? 1 : Math.ceil((size - window) / interval) + 1;
}
