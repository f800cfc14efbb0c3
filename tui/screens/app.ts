import type { Context } from '../context.ts';
import { actionOf, isWish, type KeyAction, type ScreenMode, type Wish } from '../keys.ts';
import { progressText } from '../output/matrix-table.ts';
import { colorDepth } from '../terminal/color.ts';
import { type FullScreen, openFullScreen } from '../terminal/full-screen.ts';
import { expectedGraphics, GRAPHICS_QUERY, GraphicsAnswer } from '../terminal/graphics/support.ts';
import { listenForKeys } from '../terminal/key-press.ts';
import { OnScreen } from './on-screen.ts';
import { type Look, paintFrame } from './paint.ts';
import { drawScreen, type Frame, viewNames } from './screen.ts';
import { seriesOf } from './series.ts';
import type { ShownMatrix, ShownRun } from './shown-run.ts';
import { filterOf, initialUiState, reduceUi, typeFilter, type UiLimits, type UiState } from './ui-state.ts';
import { placeOf, shownViews } from './views/slices.ts';
import { rankedMembers } from './views/sweep.ts';
import { askedBy } from './wishes.ts';

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
  const app = new App(options);
  return { closed: app.closed, close: () => app.close() };
}

class App {
  readonly closed: Promise<void>;
  readonly #options: AppOptions;
  readonly #now: () => number;
  #look: Look;
  readonly #screen: FullScreen;
  readonly #onScreen: OnScreen;
  readonly #timer: NodeJS.Timeout;
  #ui: UiState;
  #notice: { readonly text: string; readonly until: number } | null = null;
  #stopping = false;
  #graphicsAnswer: GraphicsAnswer | null = null;
  #frame: Frame = { lines: [], scrollable: 0, page: 1, pictures: [] };
  #open = true;
  #resolveClosed: () => void = () => {};
  #deafen: () => void;

  constructor(options: AppOptions) {
    const { stdout, run, matrix, terminal, environment } = options;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#look = { ...terminal, depth: colorDepth(terminal, environment), graphics: null };
    this.#ui = initialUiState(matrix === null ? 'overview' : 'sweep');
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#screen = openFullScreen(stdout);
    this.#onScreen = new OnScreen(run, matrix, () => this.#draw());
    this.#deafen = this.#listen();
    this.#askForGraphics();
    stdout.on('resize', this.#resized);
    this.#timer = setInterval(() => this.#draw(), TICK_MS);
    this.#draw();
  }

  #draw(): void {
    if (!this.#open) return;
    const { stdout, matrix, mode } = this.#options;
    this.#onScreen.follow();
    const { run, member } = this.#onScreen;
    const [columns, rows] = [stdout.columns || 80, stdout.rows || 24];
    const group = matrix === null || member === null ? null : progressText(matrix.results(), member);
    const now = this.#now();
    const props = { run, matrix, group, mode, ui: this.#ui, notice: this.#said(now), now, columns, rows };
    this.#frame = drawScreen({ ...props, look: this.#look });
    const { graphics } = this.#look;
    const pictures = graphics === null ? null : { protocol: graphics.protocol, pictures: this.#frame.pictures };
    this.#screen.draw(paintFrame(this.#frame.lines, columns, this.#look), columns, pictures);
  }

  #said(now: number): string | null {
    if (this.#stopping) return STOPPING;
    return this.#notice !== null && this.#notice.until > now ? this.#notice.text : null;
  }

  #say(text: string): void {
    this.#notice = { text, until: this.#now() + NOTICE_MS };
  }

  #listen(): () => void {
    return listenForKeys(this.#options.stdin, this.#hear, this.#answered);
  }

  /** The answer comes when it comes, or never: until then pictures are made of half blocks. */
  #askForGraphics(): void {
    const { stdout, terminal, environment } = this.#options;
    const expected = expectedGraphics(terminal.color, environment);
    if (expected === 'none') return;
    this.#graphicsAnswer = new GraphicsAnswer(expected);
    stdout.write(GRAPHICS_QUERY);
  }

  readonly #answered = (reply: string): void => {
    const graphics = this.#graphicsAnswer?.take(reply) ?? null;
    if (graphics === null) return;
    this.#look = { ...this.#look, graphics };
    this.#draw();
  };

  readonly #hear = (key: string): void => {
    if (filterOf(this.#ui)?.typing === true && key !== 'ctrl+c') this.#ui = typeFilter(this.#ui, key);
    else if (key === 'ctrl+c') this.#interrupt();
    else {
      const action = actionOf(key, this.#options.mode, this.#ui.view);
      if (action !== null) this.#act(action);
    }
    this.#draw();
  };

  #act(action: KeyAction): void {
    if (isWish(action)) this.#ask(action);
    // A second `q` must not kill: that takes the deliberate Ctrl-C, or `Q`.
    else if (action === 'stop') {
      if (!this.#stopping) this.#interrupt();
    } else if (action === 'kill') this.#options.onKill();
    else if (action === 'leave') this.close();
    else if (action === 'detach') this.#detach();
    else if (action === 'suspend') this.#suspend();
    else if (action === 'open run') this.#openChosen();
    else this.#ui = reduceUi(this.#ui, action, this.#limits());
  }

  #interrupt(): void {
    if (this.#options.mode === 'watch') this.close();
    else {
      this.#stopping = true;
      this.#options.onStop();
    }
  }

  #ask(wish: Wish): void {
    const { store, ask } = this.#onScreen.run;
    const state = store.current();
    if (state.finished !== null) this.#say('the run has ended');
    else {
      const { request, text } = askedBy(wish, state);
      ask(request);
      this.#say(text);
    }
  }

  #detach(): void {
    if (this.#options.matrix !== null) this.#say('a matrix cannot go on by itself: somebody has to start its next run');
    else {
      this.close();
      this.#options.onDetach();
    }
  }

  #openChosen(): void {
    const { matrix } = this.#options;
    const result = matrix === null ? undefined : rankedMembers(matrix.results())[this.#ui.sweep.chosen];
    if (result === undefined) return;
    if (result.status === 'waiting') this.#say('that run has not started yet');
    else {
      this.#onScreen.choose(result.member.index);
      this.#ui = reduceUi(this.#ui, 'show overview', this.#limits());
    }
  }

  #limits(): UiLimits {
    const { matrix, stdout } = this.#options;
    const { previews, store } = this.#onScreen.run;
    const cases = previews.cases();
    const caseId = cases[Math.min(this.#ui.slices.caseIndex, cases.length - 1)];
    const preview = caseId === undefined ? null : previews.read(caseId);
    const [view] = shownViews({ ui: this.#ui, columns: stdout.columns || 80 });
    return {
      views: viewNames(matrix),
      curves: seriesOf(store.current()).length,
      cases: cases.length,
      slices: preview === null || view === undefined ? { below: 0, above: 0 } : placeOf(preview, view, 0),
      members: matrix === null ? 0 : matrix.results().members.length,
      scrollable: this.#frame.scrollable,
      page: this.#frame.page,
    };
  }

  readonly #resized = (): void => {
    this.#screen.invalidate();
    // Another font may be why.
    this.#askForGraphics();
    this.#draw();
  };

  /** Back to the shell as any program goes with Ctrl-Z; `fg` sends SIGCONT. */
  #suspend(): void {
    this.#deafen();
    this.#screen.leave();
    process.once('SIGCONT', () => {
      if (!this.#open) return;
      this.#screen.enter();
      this.#deafen = this.#listen();
      this.#draw();
    });
    process.kill(process.pid, 'SIGTSTP');
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    clearInterval(this.#timer);
    this.#onScreen.close();
    this.#options.stdout.off('resize', this.#resized);
    this.#deafen();
    this.#screen.leave();
    this.#resolveClosed();
  }
}
