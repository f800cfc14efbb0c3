import { predictMemory } from '../../../compiler/estimate.ts';
import type { PlanFile } from '../../../compiler/plan/schema.ts';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import type { ScreenMode, ViewName } from '../../../tui/keys.ts';
import { type Look, paintFrame } from '../../../tui/screens/paint.ts';
import { createRunStore } from '../../../tui/screens/run-store.ts';
import { drawScreen, type Frame } from '../../../tui/screens/screen.ts';
import type { PreviewShelf, ShownMatrix, ShownRun } from '../../../tui/screens/shown-run.ts';
import { initialUiState, type UiState } from '../../../tui/screens/ui-state.ts';

export const PLAIN: Look = { color: false, unicode: true, depth: 'none', graphics: null };
export const ASCII: Look = { color: false, unicode: false, depth: 'none', graphics: null };

export interface FrameOptions {
  readonly columns: number;
  readonly rows: number;
  readonly view?: ViewName;
  readonly ui?: (state: UiState) => UiState;
  readonly look?: Look;
  readonly mode?: ScreenMode;
  readonly planFile?: PlanFile | null;
  readonly budget?: ShownRun['budget'];
  readonly memory?: ShownRun['memory'];
  readonly tracking?: ReturnType<ShownRun['tracking']>;
  readonly previews?: PreviewShelf;
  readonly matrix?: ShownMatrix | null;
  readonly notice?: string | null;
  readonly now?: number;
}

const NO_PREVIEWS: PreviewShelf = { cases: () => [], read: () => null };

export function shownRun(events: readonly RunEvent[], options: Partial<FrameOptions> = {}): ShownRun {
  const { planFile = null, budget = null, tracking = null, previews = NO_PREVIEWS } = options;
  const store = createRunStore();
  for (const event of events) store.apply(event);
  const memory = options.memory ?? (planFile === null ? null : predictMemory(planFile.plan, []));
  return { store, planFile, budget, memory, tracking: () => tracking, previews, ask: () => {} };
}

/** One frame of the screen after some events, as text. */
export function frame(events: readonly RunEvent[], options: FrameOptions): string {
  return paintFrame(drawn(events, options).lines, options.columns, options.look ?? PLAIN).join('\n');
}

export function drawn(events: readonly RunEvent[], options: FrameOptions): Frame {
  const { columns, rows, view = 'overview', ui = (state) => state, look = PLAIN, mode = 'run' } = options;
  const { matrix = null, notice = null, now = events.at(-1)?.time ?? 0 } = options;
  const run = shownRun(events, options);
  const props = { run, matrix, group: null, mode, ui: ui(initialUiState(view)), notice, now, columns, rows, look };
  return drawScreen(props);
}
