import { renderToString } from 'ink';
import { createElement } from 'react';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import { type Look, LookContext } from '../../../tui/screens/look.ts';
import { RunScreen, type RunScreenProps } from '../../../tui/screens/run-screen.tsx';
import { createRunStore } from '../../../tui/screens/run-store.ts';

/** One frame of the screen after some events, as text. */
export function frame(
  events: readonly RunEvent[],
  size: { columns: number; rows: number },
  change: Partial<RunScreenProps> & { look?: Look } = {},
): string {
  const { look = { color: false, unicode: true }, ...props } = change;
  const store = createRunStore();
  for (const event of events) store.apply(event);
  const screen = createElement(RunScreen, {
    state: store.current(),
    notes: store.notes(),
    plan: null,
    tracking: null,
    mode: 'run',
    view: 'overview',
    stopping: false,
    now: events.at(-1)?.time ?? 0,
    ...size,
    ...props,
  });
  return renderToString(createElement(LookContext.Provider, { value: look }, screen), { columns: size.columns });
}
