/** The files of an image, one pattern a channel where there are several: `T1w`, or `T1w` and `FLAIR`. */
export function imagePatterns(image: string | readonly string[]): readonly [string, ...string[]] {
  if (typeof image === 'string') return [image];
  const [first = '', ...others] = image;
  return [first, ...others];
}
