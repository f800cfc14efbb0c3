import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import packageFile from '../../package.json' with { type: 'json' };
import { writeWhole } from '../system/durable.ts';

/** Predictions as a BIDS derivative. @see https://bids-specification.readthedocs.io, "Derivatives", "Imaging data types" */

export interface DerivativeOptions {
  /** Made where it does not exist. */
  readonly outDir: string;
  /** What made the labels, for `seg-<name>`; characters that BIDS does not allow there are left out. */
  readonly name: string;
  /** Names of the classes, background first. */
  readonly classes: readonly string[];
  /** Folders of the data sets that the images belong to. */
  readonly sources: readonly string[];
}

export interface Derivative {
  /** Of a case's label map: `sub-x/[ses-y/]anat/sub-x_…_seg-<name>_dseg.nii.gz`. */
  labels(caseId: string): string;
  /** Of the probability map of one class, `…_label-<class>_probseg.nii.gz`. */
  probabilities(caseId: string, classIndex: number): string;
  /** Of the picture of a case; BIDS has no place for figures but `figures/`. */
  overview(caseId: string): string;
}

/** Writes dataset_description.json and dseg.tsv, and says where each file goes. */
export function openDerivative({ outDir, name, classes, sources }: DerivativeOptions): Derivative {
  const segmentation = alphanumeric(name) || 'exp';
  const description = {
    Name: `Predicted segmentations (${name})`,
    BIDSVersion: '1.10.0',
    DatasetType: 'derivative',
    GeneratedBy: [
      {
        Name: packageFile.name,
        Version: packageFile.version,
        Description: `Segmentations that the network of ${name} predicted`,
      },
    ],
    SourceDatasets: sources.map((folder) => ({ URL: pathToFileURL(folder).href })),
  };
  writeText(join(outDir, 'dataset_description.json'), `${JSON.stringify(description, null, 2)}\n`);
  const rows = classes.map((className, index) => `${index}\t${className}`);
  writeText(join(outDir, 'dseg.tsv'), `${['index\tname', ...rows].join('\n')}\n`);

  const stem = (caseId: string) => {
    const entities = bidsEntities(caseId);
    const session = /(?:^|_)(ses-[a-zA-Z0-9]+)/.exec(entities)?.[1];
    const subject = entities.split('_')[0] ?? entities;
    return join(
      outDir,
      subject,
      ...(session === undefined ? [] : [session]),
      'anat',
      `${entities}_seg-${segmentation}`,
    );
  };
  return {
    labels: (caseId) => `${stem(caseId)}_dseg.nii.gz`,
    probabilities: (caseId, classIndex) => {
      const label = alphanumeric(classes[classIndex] ?? '') || String(classIndex);
      return `${stem(caseId)}_label-${label}_probseg.nii.gz`;
    },
    overview: (caseId) => join(outDir, 'figures', `${bidsEntities(caseId)}_seg-${segmentation}_dseg.png`),
  };
}

function writeText(path: string, text: string): void {
  writeWhole(path, Buffer.from(text));
}

function alphanumeric(text: string): string {
  return text.replace(/[^a-zA-Z0-9]/g, '');
}

/** `sub-003_ses-01` stays; a decathlon id such as `hippocampus_015` becomes `sub-hippocampus015`. */
function bidsEntities(id: string): string {
  return /^sub-[a-zA-Z0-9]+(_[a-zA-Z]+-[a-zA-Z0-9+]+)*$/.test(id) ? id : `sub-${alphanumeric(id)}`;
}
