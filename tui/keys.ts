/** The keys of the live screen. One table: dispatch, hints, the help page and docs/terminal.md all read it. */

/** What the screen watches: runs that this process started, or one that goes on without us. */
export type ScreenMode = 'run' | 'watch';

export const VIEW_NAMES = ['overview', 'curves', 'slices', 'plan', 'log', 'sweep', 'help'] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** Asked of the trainer, which a run that has ended no longer has. */
const WISHES = ['pause', 'checkpoint', 'validate', 'stop watched'] as const;
export type Wish = (typeof WISHES)[number];

export type KeyAction =
  | 'stop'
  | 'leave'
  | 'kill'
  | 'detach'
  | Wish
  | 'suspend'
  | 'next view'
  | 'previous view'
  | 'back'
  | 'help'
  | `show ${ViewName}`
  | 'up'
  | 'down'
  | 'page up'
  | 'page down'
  | 'first'
  | 'last'
  | 'enlarge'
  | 'zoom in'
  | 'zoom out'
  | 'whole'
  | 'earlier'
  | 'later'
  | 'smoothing'
  | 'log scale'
  | 'next case'
  | 'previous case'
  | 'plane'
  | 'truth'
  | 'prediction'
  | 'convention'
  | 'filter'
  | 'level'
  | 'open run';

export interface KeyBinding {
  /** The first one is shown. */
  readonly keys: readonly string[];
  readonly action: KeyAction;
  readonly modes: readonly ScreenMode[];
  /** Where it works; null: everywhere. */
  readonly views: readonly ViewName[] | null;
  /** For the line below the screen; null keeps it to the help page. */
  readonly hint: string | null;
  readonly help: string;
}

const BOTH = ['run', 'watch'] as const;
const SCROLLED = ['plan', 'log', 'help'] as const;
const CURVES = ['overview', 'curves'] as const;

/** In the order of the help page; the hints are those of the view first. */
export const KEY_BINDINGS: readonly KeyBinding[] = [
  view('1', 'overview', 'how the run stands, all at a glance'),
  view('2', 'curves', 'every curve of the run'),
  view('3', 'slices', 'a validation case with the contours of truth and prediction'),
  view('4', 'plan', 'what runs: every value and where it comes from'),
  view('5', 'log', 'the whole log'),
  view('6', 'sweep', 'all runs of a sweep or of folds, the best first'),
  { keys: ['tab'], action: 'next view', modes: BOTH, views: null, hint: null, help: 'go to the next page' },
  { keys: ['shift+tab'], action: 'previous view', modes: BOTH, views: null, hint: null, help: 'go to the page before' },
  {
    keys: ['escape'],
    action: 'back',
    modes: BOTH,
    views: null,
    hint: null,
    help: 'go back: from an enlarged curve, from a filter, from here to the overview',
  },

  within(CURVES, ['s'], 'smoothing', 'smooth', 'smooth the curves, or show every value'),
  within(CURVES, ['y'], 'log scale', 'log scale', 'logarithmic or linear vertical axes'),
  within(['curves'], ['up', 'k'], 'up', null, 'choose the curve before'),
  within(['curves'], ['down', 'j'], 'down', null, 'choose the next curve'),
  within(['curves'], ['enter'], 'enlarge', 'enlarge', 'the chosen curve alone, or all of them again'),
  within(['curves'], ['+', '='], 'zoom in', 'zoom', 'the latest half of what is shown'),
  within(['curves'], ['-'], 'zoom out', null, 'twice as much'),
  within(['curves'], ['0'], 'whole', null, 'the whole run'),
  within(['curves'], ['left', 'h'], 'earlier', null, 'move an enlarged part to earlier steps'),
  within(['curves'], ['right', 'l'], 'later', null, 'move an enlarged part to later steps'),

  within(['slices'], ['up', 'k'], 'up', 'slice', 'the next slice, towards head, front or right'),
  within(['slices'], ['down', 'j'], 'down', null, 'the slice before, towards feet, back or left'),
  within(['slices'], ['pageup'], 'page up', null, 'five slices on'),
  within(['slices'], ['pagedown'], 'page down', null, 'five slices back'),
  within(['slices'], ['right', 'n'], 'next case', 'case', 'the next validation case'),
  within(['slices'], ['left', 'N'], 'previous case', null, 'the validation case before'),
  within(['slices'], ['o'], 'plane', 'plane', 'one plane after another: axial, coronal, sagittal, all three'),
  within(['slices'], ['t'], 'truth', 'truth', 'show or hide the contours of the truth'),
  within(['slices'], ['r'], 'prediction', 'prediction', 'show or hide the contours of the prediction'),
  within(
    ['slices'],
    ['m'],
    'convention',
    null,
    'the patient’s left on the right (radiological) or on the left (neurological)',
  ),
  within(['slices'], ['0'], 'whole', null, 'back to the largest cross-section of the truth'),

  within(
    ['plan', 'log'],
    ['/'],
    'filter',
    'filter',
    'show only lines with what you type; Enter keeps it, Esc takes it away',
  ),
  within(['log'], ['w'], 'level', 'warnings', 'only warnings and errors, or everything'),
  within(SCROLLED, ['up', 'k'], 'up', 'scroll', 'a line up'),
  within(SCROLLED, ['down', 'j'], 'down', null, 'a line down'),
  within(SCROLLED, ['pageup'], 'page up', null, 'a page up'),
  within(SCROLLED, ['pagedown', 'space'], 'page down', null, 'a page down'),
  within(SCROLLED, ['home', 'g'], 'first', null, 'to the beginning'),
  within(SCROLLED, ['end', 'G'], 'last', null, 'to the end'),
  within(['sweep'], ['up', 'k'], 'up', 'choose', 'choose the run above'),
  within(['sweep'], ['down', 'j'], 'down', null, 'choose the run below'),
  within(['sweep'], ['pageup'], 'page up', null, 'a page up'),
  within(['sweep'], ['pagedown'], 'page down', null, 'a page down'),
  within(['sweep'], ['home', 'g'], 'first', null, 'to the best run'),
  within(['sweep'], ['end', 'G'], 'last', null, 'to the last run'),
  within(['sweep'], ['enter'], 'open run', 'open', 'open the screen of the chosen run'),

  { keys: ['p'], action: 'pause', modes: BOTH, views: null, hint: 'pause', help: 'pause after this step, or go on' },
  {
    keys: ['c'],
    action: 'checkpoint',
    modes: BOTH,
    views: null,
    hint: 'checkpoint',
    help: 'write a checkpoint after this step',
  },
  {
    keys: ['v'],
    action: 'validate',
    modes: BOTH,
    views: null,
    hint: 'validate',
    help: 'validate after this step; the result is shown and counts for nothing else',
  },
  {
    keys: ['d'],
    action: 'detach',
    modes: ['run'],
    views: null,
    hint: 'detach',
    help: 'leave the screen while the run goes on; `exp watch` comes back',
  },
  {
    keys: ['q'],
    action: 'stop',
    modes: ['run'],
    views: null,
    hint: 'stop',
    help: 'finish the step, write a checkpoint and stop; `exp resume` continues. Ctrl-C does the same, and a second Ctrl-C ends the run at once',
  },
  {
    keys: ['Q'],
    action: 'kill',
    modes: ['run'],
    views: null,
    hint: null,
    help: 'end the run at once; `exp resume` continues from the last checkpoint',
  },
  {
    keys: ['q'],
    action: 'leave',
    modes: ['watch'],
    views: null,
    hint: 'leave',
    help: 'close this screen; the run goes on',
  },
  {
    keys: ['x'],
    action: 'stop watched',
    modes: ['watch'],
    views: null,
    hint: 'stop the run',
    help: 'ask the run to finish its step, write a checkpoint and stop, as `exp stop` does',
  },
  {
    keys: ['ctrl+z'],
    action: 'suspend',
    modes: BOTH,
    views: null,
    hint: null,
    help: 'back to the shell for a while; `fg` returns',
  },
  { keys: ['?'], action: 'help', modes: BOTH, views: null, hint: 'help', help: 'show this page, or go back' },
];

function view(key: string, name: Exclude<ViewName, 'help'>, help: string): KeyBinding {
  return { keys: [key], action: `show ${name}`, modes: BOTH, views: null, hint: null, help };
}

function within(
  views: readonly ViewName[],
  keys: readonly string[],
  action: KeyAction,
  hint: string | null,
  help: string,
): KeyBinding {
  return { keys, action, modes: BOTH, views, hint, help };
}

/** What of it decides which keys work. */
export interface Situation {
  readonly mode: ScreenMode;
  /** Whether the run on the screen has come to its end. */
  readonly ended: boolean;
  /** Whether it is one of a sweep or of folds. */
  readonly ofMatrix: boolean;
}

/** What works in a view, its own keys first. */
export function bindingsOf(situation: Situation, shown: ViewName): readonly KeyBinding[] {
  return bindingsWithin(bindingsFor(situation), shown);
}

function bindingsWithin(bindings: readonly KeyBinding[], shown: ViewName): readonly KeyBinding[] {
  const here = bindings.filter(({ views }) => views === null || views.includes(shown));
  return [...here.filter(({ views }) => views !== null), ...here.filter(({ views }) => views === null)];
}

/** All that works, in the order of the help page. */
export function bindingsFor({ mode, ended, ofMatrix }: Situation): readonly KeyBinding[] {
  return KEY_BINDINGS.filter(
    ({ modes, action, views }) =>
      modes.includes(mode) &&
      !(ended && isWish(action)) &&
      // A matrix cannot go on by itself: somebody has to start its next run.
      (ofMatrix ? action !== 'detach' : !isOfSweep({ action, views })),
  );
}

function isOfSweep({ action, views }: Pick<KeyBinding, 'action' | 'views'>): boolean {
  return action === 'show sweep' || views?.every((each) => each === 'sweep') === true;
}

export function isWish(action: KeyAction): action is Wish {
  return WISHES.some((wish) => wish === action);
}

/** Also that of a key which is not offered now: who presses it is told why nothing comes of it. */
export function actionOf(key: string, mode: ScreenMode, shown: ViewName): KeyAction | null {
  return (
    bindingsWithin(
      KEY_BINDINGS.filter(({ modes }) => modes.includes(mode)),
      shown,
    ).find(({ keys }) => keys.includes(key))?.action ?? null
  );
}
