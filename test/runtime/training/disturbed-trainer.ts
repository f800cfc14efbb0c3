import type { RunEventBody } from '../../../runtime/events/schema.ts';
import { EventWriter } from '../../../runtime/events/write.ts';

/**
 * The real trainer, with a signal that strikes it at an exact moment: right behind an event of its record. From outside
 * one would always be a few steps late. `EXP_TEST_DISTURBANCE` is `SIGNAL EVENT NUMBER`, the number being the step's, or
 * for `validation_started` the epoch's.
 */
const [signal = '', type = '', number = ''] = (process.env.EXP_TEST_DISTURBANCE ?? '').split(' ');

EventWriter.prototype.write = new Proxy(EventWriter.prototype.write, {
  apply: (write, writer, [body]: [RunEventBody]) => {
    const event = Reflect.apply(write, writer, [body]);
    if (body.type === type && momentOf(body) === Number(number)) process.kill(process.pid, signal);
    return event;
  },
});

function momentOf(body: RunEventBody): number | null {
  if (body.type === 'validation_started') return body.epoch;
  return 'step' in body ? body.step : null;
}

await import('../../../runtime/training/trainer-main.ts');
