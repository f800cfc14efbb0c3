import type { RunEventBody } from '../../../runtime/events/schema.ts';
import { EventWriter } from '../../../runtime/events/write.ts';

/**
 * The real trainer, with a signal that strikes it at an exact moment: right behind an event of its record. From outside
 * one would always be a few steps late. `EXP_TEST_DISTURBANCE` is `SIGNAL EVENT NUMBER`, the number being the step's, or
 * for `validation_started` the epoch's. In the place of a signal, `CLOCK-86400` sets the wall clock back by so many seconds. Several are separated by commas.
 */
interface Disturbance {
  readonly signal: string;
  readonly type: string;
  readonly moment: number;
}

const disturbances: readonly Disturbance[] = (process.env.EXP_TEST_DISTURBANCE ?? '').split(', ').map((text) => {
  const [signal = '', type = '', number = ''] = text.split(' ');
  return { signal, type, moment: Number(number) };
});

EventWriter.prototype.write = new Proxy(EventWriter.prototype.write, {
  apply: (write, writer, [body]: [RunEventBody]) => {
    const event = Reflect.apply(write, writer, [body]);
    for (const { signal, type, moment } of disturbances)
      if (body.type === type && momentOf(body) === moment) strike(signal);
    return event;
  },
});

function strike(signal: string): void {
  const jump = /^CLOCK([+-]\d+)$/.exec(signal)?.[1];
  if (jump === undefined) process.kill(process.pid, signal);
  else {
    const now = Date.now;
    Date.now = () => now() + Number(jump) * 1000;
  }
}

function momentOf(body: RunEventBody): number | null {
  if (body.type === 'validation_started') return body.epoch;
  return 'step' in body ? body.step : null;
}

await import('../../../runtime/training/trainer-main.ts');
