import type { Fix } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import type { LanguageDocument } from './document.ts';
import { type Occurrence, occurrenceAt, occurrencesIn } from './names.ts';

export type TextChange = Pick<Fix, 'span' | 'replacement'>;

/** The name at an offset that can be given another one; null for what the language or the catalogue names. */
export function renameableAt(document: LanguageDocument, offset: number): Span | null {
  const occurrence = occurrenceAt(document, offset);
  if (occurrence === null) return null;
  const isDeclared = occurrencesIn(document).some(({ key, declares }) => declares && key === occurrence.key);
  return isDeclared ? occurrence.span : null;
}

export type Renaming =
  | { readonly kind: 'changes'; readonly changes: readonly TextChange[] }
  /** Why the name cannot be given. */
  | { readonly kind: 'refused'; readonly reason: string };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*$/;
/** A later part of an environment's name may start with a digit: `aws.p3.2xlarge`. */
const DOTTED_NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*(?:\.[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*)*$/;

/** @param others files that may import the one at hand, so that what they say stays true */
export function renameAt(
  document: LanguageDocument,
  offset: number,
  name: string,
  others: readonly LanguageDocument[] = [],
): Renaming {
  const occurrence = occurrenceAt(document, offset);
  if (occurrence === null || renameableAt(document, offset) === null) {
    return { kind: 'refused', reason: 'this name is not given in the file, so that it cannot be given another one' };
  }
  const { kind } = occurrence;
  const isName = (kind === 'environment' ? DOTTED_NAME : NAME).test(name);
  if (!isName) return { kind: 'refused', reason: `\`${name}\` is not a name: letters, digits, \`_\` and single \`-\`` };
  if (name === occurrence.name) return { kind: 'changes', changes: [] };
  const declaration = declarationOf(document, occurrence);
  const programs = [document, ...others].filter(
    (each) => declarationOf(each, occurrence)?.span.file.path === declaration?.span.file.path,
  );
  const taken = programs.flatMap(occurrencesIn).find((each) => each.name === name && isSameSpace(each, occurrence));
  if (taken !== undefined) return { kind: 'refused', reason: `there is a ${kind} \`${name}\` already` };
  const changes = new Map<string, TextChange>();
  for (const { key, span } of programs.flatMap(occurrencesIn)) {
    if (key === occurrence.key) changes.set(`${span.file.path}:${span.start}`, { span, replacement: name });
  }
  return { kind: 'changes', changes: [...changes.values()] };
}

function declarationOf(document: LanguageDocument, { key }: Occurrence): Occurrence | undefined {
  return occurrencesIn(document).find((each) => each.declares && each.key === key);
}

/** Whether two names of one spelling would be taken for one another. */
function isSameSpace(a: Occurrence, b: Occurrence): boolean {
  const space = ({ key, name }: Occurrence) => key.slice(0, key.lastIndexOf(JSON.stringify(name)));
  return space(a) === space(b);
}
