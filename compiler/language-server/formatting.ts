import { format } from '../../dsl/print.ts';
import type { SourceFile } from '../../dsl/source.ts';
import type { LanguageDocument } from './document.ts';
import type { TextChange } from './rename.ts';

/** The change that `exp fmt` makes; none where the file is formatted already, or broken. */
export function formattingOf({ source }: LanguageDocument): readonly TextChange[] {
  const [text] = format(source);
  return text === null || text === source.text ? [] : [changeTo(source, text)];
}

/** The one change between two texts, without what they begin and end with alike: cursors elsewhere stay where they are. */
export function changeTo(source: SourceFile, text: string): TextChange {
  const before = source.text;
  const shorter = Math.min(before.length, text.length);
  let start = 0;
  while (start < shorter && before[start] === text[start]) start++;
  let common = 0;
  while (common < shorter - start && before[before.length - 1 - common] === text[text.length - 1 - common]) common++;
  const span = { file: source, start, end: before.length - common };
  return { span, replacement: text.slice(start, text.length - common) };
}
