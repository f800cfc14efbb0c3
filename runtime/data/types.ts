/**
 * What the rest of the runtime sees of data. Arrays are row-major with x slowest: index = (x · H + y) · W + z, and the
 * image's axes (x, y, z) are D, H, W of every tensor, as in MONAI.
 */

export type Vec3 = readonly [number, number, number];

/** Row-major 4 × 4, voxel index (of the array's axes) → millimetres in RAS+. */
export type Affine = readonly (readonly [number, number, number, number])[];

export interface Volume {
  readonly shape: Vec3;
  readonly affine: Affine;
  readonly data: Float32Array;
}

/** An image of one or more channels on one grid. Data are [C, D, H, W]: of one channel, those of a volume. */
export interface ImageVolume extends Volume {
  readonly channels: number;
}

export interface LabelVolume {
  readonly shape: Vec3;
  readonly affine: Affine;
  readonly data: Uint8Array;
}

/** One subject's files, found on disk. */
export interface CaseFiles {
  /** `sub-003`, `hippocampus_015`; unique in the data set (session and run entities included where there are several). */
  readonly id: string;
  /** Cases of one subject never part company in a split. */
  readonly subject: string;
  /** The first channel, or all of them: its grid is the case's. */
  readonly image: string;
  /** Files of the channels after those of `image`, in their order. */
  readonly furtherChannels: readonly string[];
  readonly label: string;
}

/** The files of an image, labelled or not. */
export type ImageFiles = Pick<CaseFiles, 'image' | 'furtherChannels'>;

export interface DatasetIndex {
  readonly name: string;
  /** Absolute path of the data set. */
  readonly root: string;
  /** Sorted by id. */
  readonly cases: readonly CaseFiles[];
  /** Ids of images that have no label and are left out. */
  readonly unlabelled: readonly string[];
  /** SHA-256 in hex over ids, and the content of every file. */
  readonly digest: string;
}

export interface Split {
  readonly train: readonly CaseFiles[];
  readonly validation: readonly CaseFiles[];
  readonly test: readonly CaseFiles[];
}

/** Shared memory, so that a worker hands it over without a copy. */
export interface Batch {
  /** [N, D, H, W, C] */
  readonly image: Float32Array;
  /** [N, D, H, W], class indices */
  readonly label: Int32Array;
  readonly shape: readonly [number, number, number, number];
  readonly caseIds: readonly string[];
}

/** A whole case after orientation, spacing and intensity, for validation and prediction. */
export interface PreparedCase {
  readonly id: string;
  readonly image: ImageVolume;
  readonly label: LabelVolume;
}

/** Everything a trainer asks of data. Batches are a pure function of (seed, epoch, step): workers only make them sooner. */
export interface DataModule {
  readonly index: DatasetIndex;
  readonly split: Split;
  readonly stepsPerEpoch: number;
  /** @param epoch from 1 @param stepInEpoch from 1 to `stepsPerEpoch`. Later steps are prepared meanwhile. */
  batch(epoch: number, stepInEpoch: number): Promise<Batch>;
  /** Has workers begin with the batches from a step on, which somebody will soon ask for. */
  prefetch(epoch: number, stepInEpoch: number): void;
  /** The case after orientation, spacing and intensity, cached as the plan says. */
  prepared(files: CaseFiles): Promise<PreparedCase>;
  close(): Promise<void>;
}
