/** Pixels, row by row, three bytes each: red, green, blue. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A raster at its place on the screen, in characters from the upper left corner. */
export interface Picture {
  readonly row: number;
  readonly column: number;
  /** Rows of characters that it lies on. */
  readonly rows: number;
  readonly raster: Raster;
}
