import { useApp, useInput, useStdout } from 'ink';
import { useEffect, useReducer, useRef, useState } from 'react';
import type { Plan } from '../../compiler/plan/schema.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import { actionOf, type ScreenMode } from '../keys.ts';
import { type Look, LookContext } from './look.ts';
import { RunScreen, type ScreenView } from './run-screen.tsx';
import type { RunStore } from './run-store.ts';

export interface RunAppProps {
  readonly store: RunStore;
  readonly plan: Plan | null;
  readonly mode: ScreenMode;
  readonly look: Look;
  readonly tracking: () => TrackingState | null;
  /** The user wants the run to end: first gracefully, then at once. */
  readonly onStop: () => void;
  /** Which run of how many this is; null for a run of its own. */
  readonly group?: string | null;
  readonly now?: () => number;
}

/** Heartbeat and clocks go on without events. */
const TICK_MS = 1000;

/** The screen with its lifetime: events, clock, keys, size. */
export function RunApp({ store, plan, mode, look, tracking, onStop, group = null, now = Date.now }: RunAppProps) {
  const [view, setView] = useState<ScreenView>('overview');
  // A reference: two quick keys arrive before the next rendering, and the second stop kills.
  const stopping = useRef(false);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const size = useTerminalSize();
  const { exit } = useApp();

  useEffect(() => store.subscribe(redraw), [store]);
  useEffect(() => {
    const timer = setInterval(redraw, TICK_MS);
    return () => clearInterval(timer);
  }, []);

  const stop = () => {
    stopping.current = true;
    redraw();
    onStop();
  };
  const toggle = (wanted: ScreenView) => setView((shown) => (shown === wanted ? 'overview' : wanted));
  useInput((input, key) => {
    if (key.ctrl && input === 'c') {
      if (mode === 'watch') return exit();
      return stop();
    }
    if (key.escape) return setView('overview');
    const action = actionOf(input, mode);
    if (action === null) return;
    switch (action) {
      case 'stop':
        // A second `q` must not kill: that takes the deliberate Ctrl-C.
        return stopping.current ? undefined : stop();
      case 'leave':
        return exit();
      case 'help':
        return toggle('help');
      case 'log':
        return toggle('log');
      default:
        return assertNever(action);
    }
  });

  return (
    <LookContext.Provider value={look}>
      <RunScreen
        state={store.current()}
        notes={store.notes()}
        plan={plan}
        tracking={tracking()}
        group={group}
        mode={mode}
        view={view}
        stopping={stopping.current}
        now={now()}
        columns={size.columns}
        rows={size.rows}
      />
    </LookContext.Provider>
  );
}

function useTerminalSize(): { readonly columns: number; readonly rows: number } {
  const { stdout } = useStdout();
  const [, resized] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    stdout.on('resize', resized);
    return () => {
      stdout.off('resize', resized);
    };
  }, [stdout]);
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
