import * as z from 'zod';
import { DOCUMENTS, type DocumentName } from './documents.ts';

/** The published JSON Schema of what a command prints, as text; `docs/schemas/` holds them. */
export function documentJsonSchema(name: DocumentName): string {
  const { by, schema } = DOCUMENTS[name];
  return `${JSON.stringify({ title: by.join(', '), ...z.toJSONSchema(schema, { target: 'draft-2020-12' }) }, null, 2)}\n`;
}
