import { aliasNamesModel } from './alias-names-model.ts';
import { augmentationHappens } from './augmentation-happens.ts';
import { channelsAgree } from './channels-agree.ts';
import { checkpointHappens } from './checkpoint-happens.ts';
import { classesAgree } from './classes-agree.ts';
import { foldsFitSubjects } from './folds-fit-subjects.ts';
import { intensityWindow } from './intensity-window.ts';
import { earlyStopMetric, expectedMetrics, keepBestMetric, testIsThere } from './metrics-measured.ts';
import { axesOnce, flipsOnce, foregroundOnce, metricsOnce } from './no-repeats.ts';
import { overlapPays } from './overlap-pays.ts';
import { patchFitsModel, roiFitsModel } from './patch-fits-model.ts';
import { patchFitsVolume } from './patch-fits-volume.ts';
import { patienceFits } from './patience-fits.ts';
import { postprocessedClasses, tolerancesAgree } from './per-class-settings.ts';
import type { Rule } from './rule.ts';
import { samplingSamples } from './sampling-samples.ts';
import { segResNetShape } from './segresnet-shape.ts';
import { splitAddsUp } from './split-adds-up.ts';
import { splitFillsParts, splitNamesParts } from './split-fills-parts.ts';
import { swinWidth } from './swin-width.ts';
import { dynUnetShape, unetShape } from './unet-shape.ts';
import { validationHappens } from './validation-happens.ts';
import { warmupFits } from './warmup-fits.ts';
import { workersFit } from './workers-fit.ts';

/** Every rule, in the order of its codes. */
export const RULES: readonly Rule[] = [
  splitAddsUp,
  foldsFitSubjects,
  splitNamesParts,
  splitFillsParts,
  classesAgree,
  samplingSamples,
  intensityWindow,
  metricsOnce,
  foregroundOnce,
  axesOnce,
  augmentationHappens,
  flipsOnce,
  channelsAgree,
  swinWidth,
  patchFitsModel,
  roiFitsModel,
  segResNetShape,
  unetShape,
  dynUnetShape,
  patchFitsVolume,
  warmupFits,
  validationHappens,
  earlyStopMetric,
  keepBestMetric,
  expectedMetrics,
  testIsThere,
  checkpointHappens,
  patienceFits,
  overlapPays,
  tolerancesAgree,
  postprocessedClasses,
  workersFit,
  aliasNamesModel,
];
