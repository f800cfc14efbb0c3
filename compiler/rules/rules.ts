import { classesAgree } from './classes-agree.ts';
import { intensityWindow } from './intensity-window.ts';
import { earlyStopMetric, expectedMetrics, keepBestMetric, testIsThere } from './metrics-measured.ts';
import { axesOnce, foregroundOnce, metricsOnce } from './no-repeats.ts';
import { patchFitsModel, roiFitsModel } from './patch-fits-model.ts';
import type { Rule } from './rule.ts';
import { samplingSamples } from './sampling-samples.ts';
import { validationHappens, warmupFits } from './schedule-fits.ts';
import { segResNetShape } from './segresnet-shape.ts';
import { splitAddsUp } from './split-adds-up.ts';
import { swinWidth } from './swin-width.ts';
import { workersFit } from './workers-fit.ts';

/** Every rule, in the order of its codes. */
export const RULES: readonly Rule[] = [
  splitAddsUp,
  classesAgree,
  samplingSamples,
  intensityWindow,
  metricsOnce,
  foregroundOnce,
  axesOnce,
  swinWidth,
  patchFitsModel,
  roiFitsModel,
  segResNetShape,
  warmupFits,
  validationHappens,
  earlyStopMetric,
  keepBestMetric,
  expectedMetrics,
  testIsThere,
  workersFit,
];
