import { assertNever } from '../../dsl/assert-never.ts';
import type { PredictEvent } from '../../runtime/predict/events.ts';
import type { Context } from '../context.ts';
import { formatDuration, plural } from '../format/quantities.ts';
import { oneLine, toAscii } from '../terminal/text.ts';

/** How far a prediction is, on stderr: one line that changes, or one line a case where nobody watches. */
export interface PredictProgress {
  show(event: PredictEvent): void;
  close(): void;
}

const BAR_COLUMNS = 24;

/** @param quiet says nothing but warnings: stdout is for a program */
export function openPredictProgress({ stderr, errors }: Context, quiet: boolean): PredictProgress {
  let total = 0;
  let id = '';
  let startedAt = performance.now();
  let isOpen = false;
  const write = (text: string) => void stderr.write(errors.unicode ? text : toAscii(text));
  const clear = () => {
    if (isOpen) stderr.write('\r\u001b[K');
    isOpen = false;
  };
  const line = (text: string) => {
    clear();
    write(`${oneLine(text)}`);
    stderr.write('\n');
  };

  return {
    show: (event) => {
      switch (event.type) {
        case 'started':
          total = event.cases;
          startedAt = performance.now();
          if (!quiet) line(`${plural(total, 'case')} with ${event.model} of ${event.weights}, on ${event.engine}`);
          break;
        case 'warning':
          line(`warning: ${event.message}`);
          break;
        case 'case_started':
          id = event.id;
          break;
        case 'progress': {
          if (quiet || !errors.interactive) break;
          const share = event.done / event.total;
          const all = (event.index + share) / total;
          const left = ((performance.now() - startedAt) / 1000) * (1 / all - 1);
          const full = Math.round(share * BAR_COLUMNS);
          const bar = '█'.repeat(full) + '─'.repeat(BAR_COLUMNS - full);
          stderr.write('\r\u001b[K');
          write(`  ${event.index + 1}/${total}  ${oneLine(id)}  ${bar}  ${formatDuration(left)} left`);
          isOpen = true;
          break;
        }
        case 'case_finished': {
          const { dice } = event.metrics;
          const measured = dice === undefined ? '' : `dice ${dice.toFixed(4)}, `;
          if (!quiet && !errors.interactive)
            line(`${event.index + 1}/${total}  ${event.id}  ${measured}${formatDuration(event.seconds)}`);
          break;
        }
        // Told at the end, where they are not overlooked.
        case 'case_failed':
        case 'failed':
          break;
        case 'finished':
          clear();
          break;
        default:
          assertNever(event);
      }
    },
    close: clear,
  };
}
