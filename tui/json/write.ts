import type { DocumentName, Documents } from './documents.ts';

/** A document for programs, as its schema has it. Only types are taken from there: no command loads schemas to print. */
export function jsonDocument<N extends DocumentName>(_name: N, document: Documents[N]): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The same on one line: one of many. */
export function jsonLine<N extends DocumentName>(_name: N, document: Documents[N]): string {
  return `${JSON.stringify(document)}\n`;
}
