import type { Plan } from '../../../compiler/plan/schema.ts';
import packageFile from '../../../package.json' with { type: 'json' };

/** What who deploys a model needs to know beside it: how images are prepared, and what the classes are. */
export interface ModelFacts {
  readonly plan: Plan;
  readonly planId: string;
  readonly runId: string | null;
  /** `checkpoints/best`; null for a file by itself. */
  readonly checkpoint: string | null;
  /** Background first. */
  readonly classes: readonly string[];
  readonly size: Plan['patch'];
}

/** Keys of an ONNX model's metadata and of a tfjs model's `userDefinedMetadata`. Values that are no names are JSON. */
export function modelMetadata({
  plan,
  planId,
  runId,
  checkpoint,
  classes,
  size,
}: ModelFacts): Readonly<Record<string, string>> {
  const { dataset, inference, model } = plan;
  const facts = {
    'exp.version': packageFile.version,
    'exp.experiment': plan.experiment.name,
    'exp.plan_id': planId,
    ...(runId === null ? {} : { 'exp.run_id': runId }),
    ...(checkpoint === null ? {} : { 'exp.checkpoint': checkpoint }),
    'exp.model': model.name,
    'exp.classes': classes,
    'exp.size': size,
    'exp.patch': plan.patch,
    'exp.orientation': dataset.orientation,
    'exp.spacing': dataset.spacing,
    'exp.crop_foreground': dataset.cropForeground,
    'exp.intensity': dataset.intensity,
    'exp.inference': { overlap: inference.overlap, blend: inference.blend, flips: inference.flips },
    'exp.postprocess': plan.postprocess,
  };
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
