/** The keys of the live screen. One table: dispatch, hints and the help page all read it. */

export type KeyAction = 'stop' | 'help' | 'log' | 'leave';

/** What the screen watches: a run that this process started, or one that goes on without us. */
export type ScreenMode = 'run' | 'watch';

export interface KeyBinding {
  /** As Ink reports the input; the first one is shown. */
  readonly keys: readonly string[];
  readonly action: KeyAction;
  readonly modes: readonly ScreenMode[];
  readonly hint: string;
  readonly help: string;
}

export const KEY_BINDINGS: readonly KeyBinding[] = [
  {
    keys: ['q'],
    action: 'stop',
    modes: ['run'],
    hint: 'stop with a checkpoint',
    help: 'finish the step, write a checkpoint and stop; `exp resume` continues. Ctrl-C does the same, and a second Ctrl-C ends the run at once',
  },
  {
    keys: ['q'],
    action: 'leave',
    modes: ['watch'],
    hint: 'leave; the run goes on',
    help: 'close this screen; the run goes on, and `exp stop` stops it',
  },
  { keys: ['l'], action: 'log', modes: ['run', 'watch'], hint: 'log', help: 'show the whole log, or go back' },
  { keys: ['?', 'h'], action: 'help', modes: ['run', 'watch'], hint: 'help', help: 'show this page, or go back' },
];

export function bindingsOf(mode: ScreenMode): readonly KeyBinding[] {
  return KEY_BINDINGS.filter((binding) => binding.modes.includes(mode));
}

export function actionOf(input: string, mode: ScreenMode): KeyAction | null {
  return bindingsOf(mode).find((binding) => binding.keys.includes(input))?.action ?? null;
}
