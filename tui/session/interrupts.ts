/** What Ctrl-C means while a trainer runs: the first asks it to stop with a checkpoint, the second ends it at once. */
export interface Interrupts {
  /** As if Ctrl-C had been pressed; raw terminals deliver it as a key. */
  press(): void;
  close(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

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
  return {
    press,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, press);
      process.off('SIGHUP', actions.hangUp);
    },
  };
}
