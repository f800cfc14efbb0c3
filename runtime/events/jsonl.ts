import { type RunEvent, recordedEventSchema } from './schema.ts';

/** One event of one line; null for a line that is torn, damaged, or of a type that this version does not know. */
export function parseEventLine(line: string): RunEvent | null {
  try {
    const parsed = recordedEventSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** All whole lines of a text as events; a torn last line waits for its rest. */
export function parseEvents(text: string): { readonly events: readonly RunEvent[]; readonly rest: string } {
  const end = text.lastIndexOf('\n') + 1;
  const events: RunEvent[] = [];
  for (const line of text.slice(0, end).split('\n')) {
    if (line === '') continue;
    const event = parseEventLine(line);
    if (event !== null) events.push(event);
  }
  return { events, rest: text.slice(end) };
}
