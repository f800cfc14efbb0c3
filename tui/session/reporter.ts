import type { PlanFile } from '../../compiler/plan/schema.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import type { RunEvent } from '../../runtime/events/schema.ts';
import type { RunFolder } from '../../runtime/run/run-folder.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import type { OutputOptions } from '../commands/options.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failures.ts';
import type { ScreenMode } from '../keys.ts';

/** Shows a run's events to whoever reads stdout. */
export interface Reporter {
  /**
   * @param state after the event
   * @param fresh false for what had happened before this process attended the run
   */
  event(event: RunEvent, state: RunState, fresh: boolean): void;
  /** Settles when the reader leaves or `close` has given the terminal back; null for those that nobody can leave. */
  readonly left: Promise<void> | null;
  close(): void;
}

export interface ReporterOptions {
  readonly run: RunFolder;
  readonly planFile: PlanFile;
  readonly mode: ScreenMode;
  readonly tracking: () => TrackingState | null;
  readonly onStop: () => void;
  readonly onKill: () => void;
  readonly onDetach: () => void;
}

export type ReporterKind = 'screen' | 'plain' | 'json' | 'quiet';

export function reporterKind(context: Context, options: OutputOptions): ReporterKind {
  const wanted = (['plain', 'json', 'quiet'] as const).filter((kind) => options[kind] === true);
  if (wanted.length > 1) throw new UsageError(`--${wanted.join(' and --')} exclude each other`, 'give one of them');
  const [kind] = wanted;
  if (kind !== undefined) return kind;
  // A screen reader reads lines: what is drawn over again and again is noise to it.
  if (options.screenReader === true || context.environment.INK_SCREEN_READER === 'true') return 'plain';
  return context.terminal.interactive && context.stdin.isTTY ? 'screen' : 'plain';
}

/** The screen reads the run from a store of its own; the others write a line an event. */
export async function openReporter(context: Context, kind: ReporterKind, options: ReporterOptions): Promise<Reporter> {
  switch (kind) {
    case 'json':
      return {
        event: (event) => void context.stdout.write(`${JSON.stringify(event)}\n`),
        left: null,
        close: () => {},
      };
    case 'quiet':
      return { event: () => {}, left: null, close: () => {} };
    case 'plain': {
      const { noteOf, plainLine } = await import('../output/plain.ts');
      const { toAscii } = await import('../terminal/text.ts');
      return {
        event: (event, state, fresh) => {
          if (!fresh) return;
          const note = noteOf(event, state);
          if (note === null) return;
          const line = plainLine(note);
          context.stdout.write(`${context.terminal.unicode ? line : toAscii(line)}\n`);
        },
        left: null,
        close: () => {},
      };
    }
    case 'screen': {
      const { openApp } = await import('../screens/app.ts');
      const { openShownRun } = await import('../screens/open-run.ts');
      const run = openShownRun(options.run, options.planFile, options.tracking);
      const screen = openApp({ ...context, ...options, run, matrix: null });
      return { event: (event) => run.store.apply(event), left: screen.closed, close: screen.close };
    }
  }
}
