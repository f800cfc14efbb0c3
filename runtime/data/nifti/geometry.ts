import type { NIFTI1, NIFTI2 } from 'nifti-reader-js';

/** Where a volume lies, as its header says it: kept as it is when labels are written onto the volume's grid. */
export interface NiftiGeometry {
  /** pixdim[0], −1 or 1: the sign of the third axis in the qform. */
  readonly qfac: number;
  /** pixdim[1..3], and pixdim[4], the time between volumes. */
  readonly zooms: readonly [number, number, number, number];
  readonly units: number;
  readonly qformCode: number;
  readonly sformCode: number;
  /** quatern_b, quatern_c, quatern_d, qoffset_x, qoffset_y, qoffset_z */
  readonly qform: readonly [number, number, number, number, number, number];
  /** srow_x, srow_y, srow_z: twelve numbers. */
  readonly sform: readonly number[];
}

/** @param sform rows srow_x, srow_y, srow_z as the file holds them */
export function geometryOf(raw: NIFTI1 | NIFTI2, sform: readonly number[]): NiftiGeometry {
  const zoom = (axis: number) => raw.pixDims[axis] ?? 1;
  return {
    qfac: zoom(0),
    zooms: [zoom(1), zoom(2), zoom(3), zoom(4)],
    units: raw.xyzt_units,
    qformCode: raw.qform_code,
    sformCode: raw.sform_code,
    qform: [raw.quatern_b, raw.quatern_c, raw.quatern_d, raw.qoffset_x, raw.qoffset_y, raw.qoffset_z],
    sform,
  };
}
