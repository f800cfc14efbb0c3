import * as z from 'zod';
import { recordedEventSchema } from './schema.ts';

/** The published JSON Schema of one line of `events.jsonl`, for readers in other languages. */
export function eventsJsonSchema(): string {
  const schema = { title: 'One line of events.jsonl of an exp run', ...z.toJSONSchema(recordedEventSchema) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
