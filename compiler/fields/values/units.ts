/** Kinds of quantity, and what their units are worth in the base unit. Storage is decimal, as on a GPU's data sheet. */
export const QUANTITIES = {
  memory: {
    describe: 'an amount of memory',
    plural: 'bytes (MB, GB, GiB, …)',
    units: {
      B: 1,
      kB: 1e3,
      KB: 1e3,
      MB: 1e6,
      GB: 1e9,
      TB: 1e12,
      KiB: 2 ** 10,
      MiB: 2 ** 20,
      GiB: 2 ** 30,
      TiB: 2 ** 40,
    },
  },
  /** Base unit: hours. */
  hours: {
    describe: 'a duration',
    plural: 'hours (s, min, h, d)',
    units: { s: 1 / 3600, min: 1 / 60, minutes: 1 / 60, h: 1, hour: 1, hours: 1, d: 24, day: 24, days: 24 },
  },
  /** Base unit: degrees. */
  angle: {
    describe: 'an angle',
    plural: 'degrees (deg)',
    units: { deg: 1, degree: 1, degrees: 1 },
  },
  millimetres: {
    describe: 'a distance',
    plural: 'millimetres',
    units: { mm: 1 },
  },
  cores: {
    describe: 'a number of cores',
    plural: 'cores',
    units: { core: 1, cores: 1 },
  },
} as const satisfies Record<
  string,
  { readonly describe: string; readonly plural: string; readonly units: Readonly<Record<string, number>> }
>;

export type Quantity = keyof typeof QUANTITIES;

/** Units of what is no quantity of the table, but may stand where one should. */
const OTHER_UNITS: Readonly<Record<string, string>> = {
  '%': 'a share',
  epoch: 'a stretch of the run',
  epochs: 'a stretch of the run',
  step: 'a stretch of the run',
  steps: 'a stretch of the run',
  subjects: 'a number of subjects',
};

const DIMENSIONS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(OTHER_UNITS),
  ...Object.values(QUANTITIES).flatMap(({ units, describe }) =>
    Object.keys(units).map((unit): [string, string] => [unit, describe]),
  ),
]);

/** What a unit measures: `an amount of memory` for `GB`; null for what is no unit. */
export function dimensionOf(unit: string): string | null {
  return DIMENSIONS.get(unit) ?? null;
}

/** A unit as it was found, with what it measures, for "…, not in `GB`, an amount of memory". */
export function describeUnit(unit: string | null): string {
  if (unit === null) return 'a plain number';
  const dimension = dimensionOf(unit);
  return dimension === null ? `\`${unit}\`` : `\`${unit}\`, ${dimension}`;
}
