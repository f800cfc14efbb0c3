import { liveOwner } from '../../runtime/run/lock.ts';
import type { MatrixFolder } from '../../runtime/run/matrix-folder.ts';
import { isDone, matrixResults } from '../../runtime/run/matrix-results.ts';
import type { RunFolder } from '../../runtime/run/run-folder.ts';
import { formatDate, formatNumber } from '../format/quantities.ts';
import { loadRunState } from '../session/run-state.ts';
import { painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { columns } from './table.ts';

export interface RunSummary {
  readonly id: string;
  readonly experiment: string;
  readonly profile: string | null;
  readonly planId: string;
  readonly createdAt: number;
  /** `lost`: neither the trainer nor its launcher lived to say how it ended. */
  readonly status: string;
  readonly epoch: number;
  readonly step: number;
  readonly best: { readonly metric: string; readonly value: number; readonly epoch: number } | null;
  readonly folder: string;
}

export function summarizeRun({ id, dir, info }: RunFolder): RunSummary {
  const facts = {
    id,
    experiment: info.experiment,
    profile: info.profile,
    planId: info.planId,
    createdAt: info.createdAt,
    folder: dir,
  };
  try {
    const state = loadRunState(dir);
    const isLost = state.finished === null && liveOwner(dir) === null;
    const best =
      state.best === null ? null : { metric: state.watch.metric, value: state.best.value, epoch: state.best.epoch };
    return { ...facts, status: isLost ? 'lost' : state.status, epoch: state.epoch, step: state.step, best };
  } catch {
    // One damaged folder must not hide the others.
    return { ...facts, status: 'unreadable', epoch: 0, step: 0, best: null };
  }
}

/** A sweep or folds as one line of the list: how many runs of it are done, and the best of them. */
export function summarizeMatrix(matrix: MatrixFolder): RunSummary {
  const { id, dir, info } = matrix;
  const { experiment, profile, matrixId, createdAt } = info;
  const facts = { id, experiment, profile, planId: matrixId, createdAt, folder: dir };
  try {
    const { members, trials, rankedBy } = matrixResults(matrix);
    const done = members.filter(isDone).length;
    const [first] = trials;
    const best = first === undefined || first.mean === null ? null : { metric: rankedBy.metric, value: first.mean };
    const status = `${done} of ${members.length} runs${liveOwner(dir) === null ? '' : ', running'}`;
    return { ...facts, status, epoch: 0, step: 0, best: best === null ? null : { ...best, epoch: 0 } };
  } catch {
    return { ...facts, status: 'unreadable', epoch: 0, step: 0, best: null };
  }
}

export function formatRuns(runs: readonly RunSummary[], terminal: Terminal): string {
  if (runs.length === 0) return 'no runs yet; start one with: exp run FILE\n';
  const paint = painter(terminal.color);
  const [head = '', ...lines] = columns([
    ['RUN', 'STARTED', 'PROFILE', 'STATUS', 'EPOCH', 'BEST'],
    ...runs.map(({ id, createdAt, profile, status, epoch, best }) => [
      id,
      formatDate(createdAt),
      profile ?? '–',
      status.replace('_', ' '),
      epoch === 0 ? '–' : String(epoch),
      best === null ? '–' : `${best.metric} ${formatNumber(best.value)}`,
    ]),
  ]);
  const text = [paint(head, 'dim'), ...lines].join('\n');
  return `${terminal.unicode ? text : text.split('\n').map(toAscii).join('\n')}\n`;
}
