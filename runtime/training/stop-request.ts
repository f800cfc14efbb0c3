/** The wish that the trainer ends soon, with a checkpoint. */
export interface StopRequest {
  readonly requested: boolean;
}

/** SIGUSR2 is what batch systems are told to send before the time is up; Node keeps SIGUSR1 for its debugger. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;

/** Turns signals into a wish that the loop looks at between steps. */
export function listenForStop(): StopRequest & { close(): void } {
  let requested = false;
  const listen = () => {
    requested = true;
  };
  const signals = SIGNALS.filter((signal) => process.platform !== 'win32' || signal !== 'SIGUSR2');
  for (const signal of signals) process.on(signal, listen);
  return {
    get requested() {
      return requested;
    },
    close: () => {
      for (const signal of signals) process.off(signal, listen);
    },
  };
}
