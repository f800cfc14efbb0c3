import { render } from 'ink';
import { RunApp, type RunAppProps } from './run-app.tsx';
import { FRAME_MS } from './run-store.ts';

export interface OpenScreen {
  /** Resolves when the user leaves the screen, or `close` was called. */
  readonly closed: Promise<void>;
  /** Draws the last state, and gives the terminal back. */
  close(): void;
}

const SHOW_CURSOR = '\u001b[?25h';

/** Opens the live screen on this process's terminal. */
export function openScreen(
  props: RunAppProps & { readonly stdout?: NodeJS.WriteStream; readonly stdin?: NodeJS.ReadStream },
): OpenScreen {
  const { stdout = process.stdout, stdin = process.stdin, ...app } = props;
  // Whatever ends this process, the shell behind it wants its cursor and its echo back.
  const restore = () => {
    if (stdin.isTTY && stdin.isRaw) stdin.setRawMode(false);
    if (stdout.isTTY) stdout.write(SHOW_CURSOR);
  };
  process.once('exit', restore);
  const instance = render(<RunApp {...app} />, {
    stdout,
    stdin,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 1000 / FRAME_MS,
  });
  let open = true;
  const closed = instance.waitUntilExit().then(() => {
    open = false;
    process.off('exit', restore);
    restore();
  });
  return {
    closed,
    close: () => {
      if (!open) return;
      instance.rerender(<RunApp {...app} />);
      instance.unmount();
    },
  };
}
