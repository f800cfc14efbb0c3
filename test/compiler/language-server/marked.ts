import { editorMemory, type LanguageDocument, openDocument } from '../../../compiler/language-server/document.ts';

export interface Marked {
  readonly document: LanguageDocument;
  /** Where the `|` stood. */
  readonly offset: number;
}

/** A file with the cursor where `‸` stands, and what it imports. */
export function marked(text: string, files: Readonly<Record<string, string>> = {}): Marked {
  const offset = text.indexOf('‸');
  const document = openText(text.replace('‸', ''), files);
  return { document, offset: offset === -1 ? 0 : offset };
}

export function openText(
  text: string,
  files: Readonly<Record<string, string>> = {},
  path = 'main.exp',
): LanguageDocument {
  return openDocument(
    { path, text },
    { readFile: (name) => files[name] ?? null, environment: () => undefined, memory: editorMemory() },
  );
}
