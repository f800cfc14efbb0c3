import { initialRunState } from '../../../runtime/events/run-state.ts';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import { type MemberResult, rankMembers } from '../../../runtime/run/matrix-results.ts';
import { noRun } from '../../../tui/screens/open-run.ts';
import type { ShownMatrix } from '../../../tui/screens/shown-run.ts';
import { finishedRun, STARTED_AT } from '../sample-run.ts';

const RATES = ['0.001', '0.002', '0.004', '0.008'] as const;
const FILTERS = ['8', '16'] as const;
const STATUSES: readonly MemberResult['status'][] = [
  'completed',
  'early_stopped',
  'stopped_early',
  'failed',
  'running',
  'waiting',
  'waiting',
  'waiting',
];
const BEST = [0.8123, 0.8345, 0.4512, null, 0.7011, null, null, null] as const;

/** A sweep of eight runs: two done, one held back, one failed, one at work, the others waiting. */
export function sampleMatrix(): ShownMatrix {
  const ended: RunEvent | undefined = finishedRun().at(-1);
  const members = RATES.flatMap((rate) => FILTERS.map((filters) => ({ rate, filters }))).map(
    ({ rate, filters }, position): MemberResult => {
      const status = STATUSES[position] ?? 'waiting';
      const isEnded = status !== 'waiting' && status !== 'running';
      const seconds = status === 'waiting' ? 0 : 300 + 60 * position;
      return {
        member: {
          index: position + 1,
          name: `learning_rate=${rate}, init_filters=${filters}`,
          settings: { 'optimizer.learning_rate': rate, 'model.init_filters': filters },
          fold: null,
          planId: 'a'.repeat(64),
        },
        runId: `20261124-1200-organ-sweep-3f2a-00${position + 1}`,
        dir: `/runs/00${position + 1}`,
        status,
        epoch: status === 'waiting' ? 0 : 20 - position,
        seconds,
        best: BEST[position] ?? null,
        finished: isEnded && ended?.type === 'run_finished' ? ended : null,
        attempts: seconds === 0 ? [] : [{ from: STARTED_AT, to: STARTED_AT + 1000 * seconds }],
      };
    },
  );
  return {
    id: '20261124-1200-organ-sweep-3f2a',
    experiment: 'organ-sweep',
    results: () => rankMembers(members, initialRunState().watch),
    budget: { usd: 30, hours: null },
    pricePerHourUsd: 2.5,
    current: () => 5,
    open: noRun,
    subscribe: () => () => {},
  };
}
