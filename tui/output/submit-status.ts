import { isOver } from '../../runtime/events/run-state.ts';
import type { HandoffFolder } from '../../runtime/submit/handoff-folder.ts';
import type { HandoffRunStatus, HandoffStatus } from '../../runtime/submit/handoff-status.ts';
import { formatNumber } from '../format/quantities.ts';
import { statusWords } from '../format/status.ts';
import type { Documents } from '../json/documents.ts';
import { painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { columns } from './table.ts';

/** More lines than this are counted instead, but for those with a word to say. */
const RUNS_SHOWN = 60;

export function formatHandoffStatus(folder: HandoffFolder, status: HandoffStatus, terminal: Terminal): string {
  const { id, info, dir } = folder;
  const paint = painter(terminal.color);
  const shown = status.runs.length <= RUNS_SHOWN ? status.runs : status.runs.filter(isWorthALine).slice(0, RUNS_SHOWN);
  const [head = '', ...rows] = columns([['RUN', 'STATUS', 'EPOCH', 'BEST', 'JOB', 'QUEUE', ''], ...shown.map(rowOf)]);
  const hidden = status.runs.length - shown.length;
  const lines = [
    `${paint(info.experiment, 'strong')} on ${info.target}  ${paint(id, 'dim')}`,
    '',
    paint(head, 'dim'),
    ...rows,
    ...(hidden > 0 ? [paint(`and ${hidden} more`, 'dim')] : []),
    '',
    ...facts(status).map(([label, text]) => `  ${paint(label.padEnd(10), 'dim')}${text}`),
    ...nextSteps(folder, status).map(([label, text]) => `  ${paint(label.padEnd(10), 'dim')}${text}`),
    `  ${paint('folder'.padEnd(10), 'dim')}${dir}`,
    '',
  ];
  const text = lines.join('\n');
  return terminal.unicode ? text : text.split('\n').map(toAscii).join('\n');
}

export function handoffStatusJson(
  { id, dir, info }: HandoffFolder,
  { queue, runs, abandoned }: HandoffStatus,
): Documents['submit-status'] {
  return {
    id,
    folder: dir,
    target: info.target,
    experiment: info.experiment,
    queue: queue === null ? null : queue.kind === 'known' ? 'known' : queue.reason,
    runs: runs.map(({ run, status, epoch, best, job }) => ({
      id: run.id,
      name: run.name,
      status,
      epoch,
      best,
      job: job === null ? null : { id: job.job, state: job.state, detail: job.detail, elapsed: job.elapsed },
    })),
    abandoned,
  };
}

function rowOf({ run, status, epoch, best, job }: HandoffRunStatus): readonly string[] {
  return [
    run.id,
    statusWords(status),
    epoch === 0 ? '–' : String(epoch),
    best === null ? '–' : formatNumber(best),
    job?.job ?? '–',
    job?.state ?? '–',
    [job?.detail, job?.elapsed].filter((text) => text !== undefined && text !== '').join(', '),
  ];
}

/** Of ten thousand, those that are at work or went wrong. */
function isWorthALine(run: HandoffRunStatus): boolean {
  return run.status !== 'waiting' && !isOver(run);
}

function facts({ queue, runs }: HandoffStatus): readonly (readonly [string, string])[] {
  const counts = new Map<string, number>();
  for (const { status } of runs) counts.set(status, (counts.get(status) ?? 0) + 1);
  const text = [...counts].map(([status, count]) => `${count} ${statusWords(status)}`).join(', ');
  return [['runs', text], ...(queue?.kind === 'unknown' ? [['queue', queue.reason] as const] : [])];
}

function nextSteps({ info, dir }: HandoffFolder, { queue, abandoned, runs }: HandoffStatus) {
  const steps: (readonly [string, string])[] = [];
  if (queue === null) steps.push(['queue', `ask ${info.target} itself: ${info.commands.status}`]);
  if (queue === null && info.commands.fetch !== null) steps.push(['fetch', info.commands.fetch]);
  if (abandoned.length > 0) {
    const array = info.parts === 1 ? '' : ` --array=${abandoned.join(',')}`;
    steps.push(['submit', `no job is left for ${abandoned.length} of them: cd ${dir} && sbatch${array} job.sh`]);
  }
  if (runs.some(({ status }) => status !== 'waiting')) steps.push(['collect', `exp submit collect ${dir}`]);
  return steps;
}
