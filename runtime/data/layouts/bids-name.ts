/**
 * BIDS file names: `sub-003_ses-01_desc-manual_dseg.nii.gz` is entities (`sub`, `ses`, `desc`), a suffix (`dseg`) and an
 * extension.
 *
 * @see https://bids-specification.readthedocs.io, "Filenames"
 */
export interface BidsName {
  readonly entities: ReadonlyMap<string, string>;
  readonly suffix: string;
}

const EXTENSIONS = ['.nii.gz', '.nii'];

/** The name of a NIfTI file taken apart; null for any other file. */
export function parseBidsName(fileName: string): BidsName | null {
  const extension = EXTENSIONS.find((end) => fileName.endsWith(end));
  if (extension === undefined) return null;
  return parseBidsPattern(fileName.slice(0, -extension.length));
}

/** `desc-manual_dseg`, as a plan names the files it wants: entities and suffix, either of which may be missing. */
export function parseBidsPattern(pattern: string): BidsName {
  const entities = new Map<string, string>();
  let suffix = '';
  for (const part of pattern.split('_')) {
    const dash = part.indexOf('-');
    if (dash > 0) entities.set(part.slice(0, dash), part.slice(dash + 1));
    else if (part !== '') suffix = part;
  }
  return { entities, suffix };
}

/** Whether a name has the pattern's suffix and all its entities; other entities are free. */
export function matchesPattern(name: BidsName, pattern: BidsName): boolean {
  if (pattern.suffix !== '' && name.suffix !== pattern.suffix) return false;
  return [...pattern.entities].every(([key, value]) => name.entities.get(key) === value);
}

/** Entities of an image that its derivatives keep as they are, where they name them at all. */
export function agreesOn(label: BidsName, image: BidsName, free: ReadonlySet<string>): boolean {
  return [...label.entities].every(([key, value]) => {
    const other = image.entities.get(key);
    return free.has(key) || other === undefined || other === value;
  });
}

/**
 * How much two names share, entities and suffix: of several labels that agree, the closest is meant. The suffix counts
 * because many sets append to the image's name (`sub-01_T2w_seg-manual`).
 */
export function closeness(a: BidsName, b: BidsName): number {
  const shared = [...a.entities].filter(([key, value]) => b.entities.get(key) === value).length;
  return shared + (a.suffix === b.suffix ? 1 : 0);
}
