/** What Ctrl-C means while a trainer runs: the first asks it to stop with a checkpoint, the second ends it at once. */
export interface Interrupts {
  /** As if Ctrl-C had been pressed; raw terminals deliver it as a key. */
  press(): void;
  close(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What batch systems send before the time is up. It may come along with their SIGTERM, so it never counts as insisting. */
const NOTICE = 'SIGUSR2';

export function watchInterrupts(actions: {
  readonly stop: () => void;
  readonly kill: () => void;
  /** The terminal went away: the trainer goes on without us. */
  readonly hangUp: () => void;
}): Interrupts {
  let presses = 0;
  const press = () => {
    presses++;
    if (presses === 1) actions.stop();
    else actions.kill();
  };
  for (const signal of SIGNALS) process.on(signal, press);
  process.once('SIGHUP', actions.hangUp);
  if (process.platform !== 'win32') process.on(NOTICE, actions.stop);
  return {
    press,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, press);
      process.off('SIGHUP', actions.hangUp);
      process.off(NOTICE, actions.stop);
    },
  };
}
