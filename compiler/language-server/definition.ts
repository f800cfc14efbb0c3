import type { Span } from '../../dsl/source.ts';
import { folderOf, joinPath } from '../modules/paths.ts';
import type { LanguageDocument } from './document.ts';
import { occurrenceAt, occurrencesIn } from './names.ts';

/** Where the name at an offset is declared, or the file that an import names. */
export function definitionsAt(document: LanguageDocument, offset: number): readonly Span[] {
  const imported = importAt(document, offset);
  if (imported !== null) return [imported];
  const occurrence = occurrenceAt(document, offset);
  if (occurrence === null) return [];
  const declared = occurrencesIn(document).filter(({ key, declares }) => declares && key === occurrence.key);
  return declared.map(({ span }) => span);
}

/** Every place in the file and in those that it imports where the thing at an offset is named. */
export function referencesAt(document: LanguageDocument, offset: number): readonly Span[] {
  const occurrence = occurrenceAt(document, offset);
  if (occurrence === null) return [];
  return occurrencesIn(document)
    .filter(({ key }) => key === occurrence.key)
    .map(({ span }) => span);
}

function importAt({ source, syntax, analysis }: LanguageDocument, offset: number): Span | null {
  for (const item of syntax.file.items) {
    if (item.kind !== 'import' || offset < item.path.span.start || offset > item.path.span.end) continue;
    const path = joinPath(folderOf(source.path), item.path.value);
    const file = analysis.sources.find((each) => each.path === path);
    if (file !== undefined) return { file, start: 0, end: 0 };
  }
  return null;
}
