import type { SourceFile, Span } from '../../dsl/source.ts';

/** The word at an offset, dots included: `val.dice`, `aws.g4dn.xlarge`; empty where there is none. */
export function wordAt(file: SourceFile, offset: number): Span {
  const { text } = file;
  let start = offset;
  let end = offset;
  while (start > 0 && isWordCharacter(text, start - 1)) start--;
  while (end < text.length && isWordCharacter(text, end)) end++;
  return { file, start, end };
}

/** The part of the word that stands before the offset, and the rest of its last name: what a completion replaces. */
export function typedWord(file: SourceFile, offset: number): Span {
  return { ...wordAt(file, offset), start: wordAt({ ...file, text: file.text.slice(0, offset) }, offset).start };
}

function isWordCharacter(text: string, index: number): boolean {
  return /[\w.-]/.test(text.charAt(index));
}
