import { predictMemory } from '../../compiler/estimate.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { readCalibration } from '../../runtime/calibration/calibration-file.ts';
import { askTrainer } from '../../runtime/run/control.ts';
import type { RunFolder } from '../../runtime/run/run-folder.ts';
import { measuredOn } from '../outlook.ts';
import { openPreviewShelf } from './preview-shelf.ts';
import { createRunStore } from './run-store.ts';
import type { ShownRun } from './shown-run.ts';

/** A run folder as the screen shows it; whoever follows its events applies them to its store. */
export function openShownRun(
  { dir, info }: RunFolder,
  planFile: PlanFile,
  tracking: ShownRun['tracking'] = () => null,
): ShownRun {
  return {
    store: createRunStore(planFile.plan.schedule.keepBest),
    planFile,
    budget: info.budget ?? planFile.plan.budget,
    memory: predictMemory(planFile.plan, measuredOn(planFile.plan.environment, readCalibration())),
    tracking,
    previews: openPreviewShelf(dir),
    ask: (request) => askTrainer(dir, request),
  };
}

/** What a sweep shows of a run before its first one has started. */
export function noRun(): ShownRun {
  return {
    store: createRunStore(),
    planFile: null,
    budget: null,
    memory: null,
    tracking: () => null,
    previews: { cases: () => [], read: () => null },
    ask: () => {},
  };
}
