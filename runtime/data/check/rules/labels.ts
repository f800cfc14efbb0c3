import { medianOf } from '../../../../compiler/quantiles.ts';
import type { DataRule, Finding } from '../finding.ts';
import { EXCHANGED } from '../mirrored.ts';
import { foregroundVoxels, type LabelFacts } from '../survey.ts';

/** A foreground this many times off the median is worth a look. */
const VOLUME_FACTOR = 8;

/** Labels that mark nothing. There may be such cases; a data set of them teaches nothing. */
export const emptyLabels: DataRule = ({ surveys }) => {
  const labelled = surveys.filter(({ label }) => label !== null);
  const empty = labelled.filter(({ label }) => label !== null && foregroundVoxels(label) === 0);
  if (empty.length === 0) return [];
  const all = empty.length === labelled.length;
  return [
    {
      severity: all ? 'error' : 'warning',
      kind: 'empty label',
      cases: empty.map(({ files }) => files.id),
      message: all ? 'no label marks anything' : 'the label marks nothing; is that meant?',
    },
  ];
};

/** Values that the experiment's classes, dataset.json or dseg.tsv do not know; one finding for each value. */
export const unexpectedLabels: DataRule = ({ surveys, labels }) => {
  if (labels === null) return [];
  const found = new Map<number, string[]>();
  for (const { files, label } of surveys) {
    for (const value of label?.counts.keys() ?? []) {
      if (!labels.has(value)) found.set(value, [...(found.get(value) ?? []), files.id]);
    }
  }
  const known = [...labels].sort((a, b) => a - b).join(', ');
  return [...found].map(
    ([value, cases]): Finding => ({
      severity: 'error',
      kind: 'label value',
      cases,
      message: `label ${value} is none of ${known}`,
    }),
  );
};

/** Classes that no case has: the model would learn that they do not exist. */
export const absentClasses: DataRule = ({ surveys, taught }) => {
  if (surveys.every(({ label }) => label === null)) return [];
  const seen = new Set(surveys.flatMap(({ label }) => [...(label?.counts.keys() ?? [])]));
  return taught
    .filter((value) => !seen.has(value))
    .map(
      (value): Finding => ({
        severity: 'warning',
        kind: 'absent class',
        cases: [],
        message: `no case has label ${value}`,
      }),
    );
};

export const labelVolumes: DataRule = ({ surveys }) => {
  const millilitres = (label: LabelFacts) => (foregroundVoxels(label) * label.voxelVolume) / 1000;
  const volumes = surveys.flatMap(({ files, label }) =>
    label === null || foregroundVoxels(label) === 0 ? [] : [{ id: files.id, volume: millilitres(label) }],
  );
  const median = medianOf(volumes.map(({ volume }) => volume));
  return volumes
    .filter(({ volume }) => volume > VOLUME_FACTOR * median || volume < median / VOLUME_FACTOR)
    .map(
      ({ id, volume }): Finding => ({
        severity: 'warning',
        kind: 'label volume',
        cases: [id],
        message: `the label marks ${volume.toPrecision(3)} ml, ${median.toPrecision(3)} ml in the median of all cases`,
      }),
    );
};

/** Fewer cases do not say how well labels fit their images in this data set. */
const CASES_TO_COMPARE = 5;
/** A label that would fit so much better mirrored is looked at … */
const FITS_BETTER = 1.05;
/** … where labels of the other cases fit worse mirrored, by the median … */
const FITS_WORSE = 0.9;
/** … and this one is so many deviations off them: of logarithms, estimated from the median distance from the median. */
const DEVIATIONS = 3.5;
const DEVIATION_OF_MEDIAN_DISTANCE = 1.4826;

/** Labels whose borders fit the image better when mirrored, unlike those of the other cases. */
export const mirroredLabels: DataRule = ({ surveys }) => {
  const cases = surveys.flatMap(({ files, mirrored }) => (mirrored === null ? [] : [{ id: files.id, mirrored }]));
  if (cases.length < CASES_TO_COMPARE) return [];
  const typical = EXCHANGED.map((_, way) => {
    const logs = cases.map(({ mirrored }) => Math.log(mirrored[way] ?? 1));
    const median = medianOf(logs);
    const distance = medianOf(logs.map((log) => Math.abs(log - median)));
    return { median, limit: median + DEVIATIONS * DEVIATION_OF_MEDIAN_DISTANCE * distance };
  });
  return cases.flatMap(({ id, mirrored }): Finding[] => {
    const best = mirrored.indexOf(Math.max(...mirrored));
    const [share = 1, { median, limit } = { median: 0, limit: 0 }] = [mirrored[best], typical[best]];
    if (share < FITS_BETTER || Math.exp(median) > FITS_WORSE || Math.log(share) < limit) return [];
    const message =
      `with ${EXCHANGED[best]} exchanged, the label’s borders would follow the image better: ${share.toFixed(2)} times the change of ` +
      `intensity across them, ${Math.exp(median).toFixed(2)} in the median of all cases; look at it in a viewer`;
    return [{ severity: 'warning', kind: 'mirrored label', cases: [id], message }];
  });
};
