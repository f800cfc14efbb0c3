import type { Context } from '../context.ts';
import { actionOf, type KeyAction, type ScreenMode } from '../keys.ts';
import { progressText } from '../output/matrix-table.ts';
import { colorDepth } from '../terminal/color.ts';
import { openFullScreen } from '../terminal/full-screen.ts';
import { listenForKeys } from '../terminal/key-press.ts';
import { noRun } from './open-run.ts';
import { type Look, paintFrame } from './paint.ts';
import { drawScreen, type Frame, viewNames } from './screen.ts';
import { seriesOf } from './series.ts';
import type { ShownMatrix, ShownRun } from './shown-run.ts';
import { initialUiState, reduceUi, typeFilter, type UiLimits } from './ui-state.ts';
import { placeOf, shownViews } from './views/slices.ts';
import { rankedMembers } from './views/sweep.ts';

export interface AppOptions extends Pick<Context, 'stdout' | 'stdin' | 'terminal' | 'environment'> {
  /** Null for a matrix: its screen shows the run that is at work, or the one that was chosen. */
  readonly run: ShownRun | null;
  readonly matrix: ShownMatrix | null;
  readonly mode: ScreenMode;
  /** The user wants the run to end: first gracefully, then at once. */
  readonly onStop: () => void;
  readonly onKill: () => void;
  /** The user leaves, and the run goes on. */
  readonly onDetach: () => void;
  readonly now?: () => number;
}

export interface LiveScreen {
  /** Resolves when the user leaves the screen, or `close` was called. */
  readonly closed: Promise<void>;
  /** Gives the terminal back. */
  close(): void;
}

/** Heartbeat and clocks go on without events. */
const TICK_MS = 1_000;
/** What was asked for is said for so long. */
const NOTICE_MS = 4_000;
const STOPPING = 'stopping after this step, with a checkpoint; Ctrl-C ends it at once';

/** The live screen with its lifetime: events, clock, keys, size. */
export function openApp(options: AppOptions): LiveScreen {
  const { stdout, stdin, mode, matrix, now = Date.now } = options;
  const look: Look = { ...options.terminal, depth: colorDepth(options.terminal, options.environment) };
  const screen = openFullScreen(stdout);
  let ui = initialUiState(matrix === null ? 'overview' : 'sweep');
  let notice: { readonly text: string; readonly until: number } | null = null;
  let stopping = false;
  let frame: Frame = { lines: [], scrollable: 0, page: 1 };
  let chosenMember: number | null = null;
  let open = true;
  let resolveClosed: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    resolveClosed = resolve;
  });

  // One store at a time is listened to: that of the run on the screen.
  const none = noRun();
  let shown: ShownRun = none;
  let unsubscribe = () => {};
  let shownMember: number | null = null;
  const select = () => {
    const member = matrix === null ? null : (chosenMember ?? matrix.current());
    const isSame = matrix === null ? shown === options.run : member === shownMember && shown !== none;
    if (isSame) return;
    shownMember = member;
    shown = matrix === null ? (options.run ?? none) : member === null ? none : matrix.open(member);
    unsubscribe();
    unsubscribe = shown.store.subscribe(draw);
  };

  function draw(): void {
    if (!open) return;
    select();
    const text = stopping ? STOPPING : notice !== null && notice.until > now() ? notice.text : null;
    const columns = stdout.columns || 80;
    const group = matrix === null || shownMember === null ? null : progressText(matrix.results(), shownMember);
    const rows = stdout.rows || 24;
    frame = drawScreen({ run: shown, matrix, group, mode, ui, notice: text, now: now(), columns, rows, look });
    screen.draw(paintFrame(frame.lines, columns, look), columns);
  }

  const say = (text: string) => {
    notice = { text, until: now() + NOTICE_MS };
  };

  function limits(): UiLimits {
    const cases = shown.previews.cases();
    const caseId = cases[Math.min(ui.slices.caseIndex, cases.length - 1)];
    const preview = caseId === undefined ? null : shown.previews.read(caseId);
    const [view] = shownViews({ ui, columns: stdout.columns || 80 });
    return {
      views: viewNames(matrix),
      curves: seriesOf(shown.store.current()).length,
      cases: cases.length,
      slices: preview === null || view === undefined ? { below: 0, above: 0 } : placeOf(preview, view, 0),
      members: matrix === null ? 0 : matrix.results().members.length,
      scrollable: frame.scrollable,
      page: frame.page,
    };
  }

  /** What does more than change what is seen. */
  const commands: Readonly<Partial<Record<KeyAction, () => void>>> = {
    stop: () => {
      // A second `q` must not kill: that takes the deliberate Ctrl-C, or `Q`.
      if (stopping) return;
      stopping = true;
      options.onStop();
    },
    kill: options.onKill,
    leave: close,
    detach: () => {
      if (matrix === null) {
        close();
        options.onDetach();
      } else say('a matrix cannot go on by itself: somebody has to start its next run');
    },
    pause: () => ask('pause'),
    checkpoint: () => ask('checkpoint'),
    validate: () => ask('validate'),
    'stop watched': () => ask('stop watched'),
    suspend,
    'open run': () => {
      const result = matrix === null ? undefined : rankedMembers(matrix.results())[ui.sweep.chosen];
      if (result === undefined) return;
      if (result.status === 'waiting') say('that run has not started yet');
      else {
        chosenMember = result.member.index;
        ui = reduceUi(ui, 'show overview', limits());
      }
    },
  };

  function ask(wish: 'pause' | 'checkpoint' | 'validate' | 'stop watched'): void {
    const { paused, finished } = shown.store.current();
    if (finished !== null) {
      say('the run has ended');
      return;
    }
    const [request, text] = {
      pause: paused ? (['continue', 'goes on'] as const) : (['pause', 'pauses after this step; p goes on'] as const),
      checkpoint: ['checkpoint', 'writes a checkpoint after this step'] as const,
      validate: ['validate', 'validates after this step'] as const,
      'stop watched': ['stop', 'stops after this step, with a checkpoint'] as const,
    }[wish];
    shown.ask(request);
    say(`the trainer ${text}`);
  }

  function hear(key: string): void {
    if (ui.log.typing && ui.view === 'log' && key !== 'ctrl+c') ui = typeFilter(ui, key);
    else if (key === 'ctrl+c') {
      if (mode === 'watch') close();
      else {
        stopping = true;
        options.onStop();
      }
    } else {
      const action = actionOf(key, mode, ui.view);
      const command = action === null ? undefined : commands[action];
      if (command !== undefined) command();
      else if (action !== null) ui = reduceUi(ui, action, limits());
    }
    draw();
  }

  const onResize = () => {
    screen.invalidate();
    draw();
  };
  let deafen = listenForKeys(stdin, hear);
  stdout.on('resize', onResize);
  const leaveMatrix = matrix?.subscribe(draw) ?? (() => {});
  const timer = setInterval(draw, TICK_MS);

  /** Back to the shell as any program goes with Ctrl-Z; `fg` sends SIGCONT. */
  function suspend(): void {
    deafen();
    screen.leave();
    process.once('SIGCONT', () => {
      if (!open) return;
      screen.enter();
      deafen = listenForKeys(stdin, hear);
      draw();
    });
    process.kill(process.pid, 'SIGTSTP');
  }

  function close(): void {
    if (!open) return;
    open = false;
    clearInterval(timer);
    unsubscribe();
    leaveMatrix();
    stdout.off('resize', onResize);
    deafen();
    screen.leave();
    resolveClosed();
  }

  draw();
  return { closed, close };
}
