import type { CheckedDataset, DataRule, Finding } from './finding.ts';
import { pairs, readable } from './rules/files.ts';
import { orientations, orientedHeaders, sizeOutliers, smallerThanPatch, spacingOutliers } from './rules/geometry.ts';
import { channelCounts, channelGrids, constantImages, finiteImages, windowMeetsImages } from './rules/images.ts';
import { absentClasses, emptyLabels, labelVolumes, mirroredLabels, unexpectedLabels } from './rules/labels.ts';
import { duplicateImages, duplicateLabels, likelySubjects } from './rules/leaks.ts';

/** Every rule of `exp data check`. To add one, write it and name it here. */
const RULES: readonly DataRule[] = [
  pairs,
  readable,
  constantImages,
  channelCounts,
  channelGrids,
  finiteImages,
  windowMeetsImages,
  emptyLabels,
  unexpectedLabels,
  absentClasses,
  labelVolumes,
  mirroredLabels,
  duplicateImages,
  duplicateLabels,
  likelySubjects,
  spacingOutliers,
  sizeOutliers,
  orientations,
  orientedHeaders,
  smallerThanPatch,
];

/** All findings, errors first. */
export function checkDataset(dataset: CheckedDataset): readonly Finding[] {
  const findings = RULES.flatMap((rule) => rule(dataset));
  return [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ];
}
