import * as z from 'zod';
import { MATRIX_VERSION, matrixFileSchema } from '../plan/matrix.ts';

/** The published JSON Schema of a matrix file, as text; `docs/matrix.schema.json` holds it. */
export function matrixJsonSchema(): string {
  const schema = z.toJSONSchema(matrixFileSchema, { target: 'draft-2020-12' });
  return `${JSON.stringify({ title: `exp matrix, version ${MATRIX_VERSION}`, ...schema }, null, 2)}\n`;
}
