/** Names that clouds take: small letters, digits and hyphens, a letter first. */

const PREFIX = 'exp-';

/** The end of an id, which tells it from others, stays whatever is cut. */
const TAIL = 5;

/** `20261130-0620-organ-3f2a` → `exp-20261130-0620-organ-3f2a` */
export function resourceName(id: string, longest: number): string {
  const name = `${PREFIX}${id.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.replace(/-+$/, '');
  if (name.length <= longest) return name;
  return `${name.slice(0, longest - TAIL).replace(/-+$/, '')}${name.slice(-TAIL)}`;
}
