import { isOver, type RunState, workedSeconds } from '../../runtime/events/run-state.ts';
import type { MatrixResults, MemberResult } from '../../runtime/run/matrix-results.ts';
import { formatClock, plural } from '../format/quantities.ts';
import type { ViewName } from '../keys.ts';
import { between, facts, type Line, lengthOf, piece } from './piece.ts';
import type { ShownMatrix } from './shown-run.ts';
import { describeStatus, engineName } from './status.ts';

/** Name, profile and status of a run. @param group which run of how many it is; null for a run of its own */
export function headerLine(state: RunState, group: string | null, now: number, columns: number): Line {
  const status = describeStatus(state);
  const title = [piece(state.run?.experiment ?? 'exp', 'strong')];
  if (state.run?.profile != null) title.push(piece(` · ${state.run.profile}`, 'dim'));
  const right = [piece(`${heartbeat(state, now)} `, status.tone), piece(status.text, status.tone)];
  const seconds = workedSeconds(state, now);
  if (seconds !== null) right.push(piece(`  ${formatClock(seconds)}`));
  const grouped = group === null ? title : [...title, piece(`  ${group}`, 'accent')];
  return between(lengthOf(grouped) + lengthOf(right) + 2 <= columns ? grouped : title, right, columns);
}

/** How all runs of a sweep or of folds stand together: what the page of the sweep is about. */
export function sweepHeaderLine({ experiment, results }: ShownMatrix, columns: number): Line {
  const { members, seconds } = results();
  const { text, tone } = sweepStatus(members);
  const right = [piece(`● ${text}`, tone), piece(`  ${formatClock(seconds)}`)];
  return between([piece(experiment, 'strong')], right, columns);
}

function sweepStatus(members: MatrixResults['members']): ReturnType<typeof describeStatus> {
  const count = (isMeant: (member: MemberResult) => boolean) => members.filter(isMeant).length;
  const atWork = count(({ status }) => status === 'running' || status === 'starting');
  if (atWork > 0) return { text: `${atWork} at work`, tone: 'accent' };
  if (members.some(({ status }) => status === 'waiting')) return { text: 'waiting', tone: 'warning' };
  const open = count((member) => !isOver(member));
  return open === 0 ? { text: 'completed', tone: 'good' } : { text: `ended, ${open} not complete`, tone: 'bad' };
}

/** It beats with every second in which the trainer has said something lately. */
function heartbeat({ finished, updatedAt }: RunState, now: number): string {
  const isAlive = finished === null && updatedAt !== null && now - updatedAt < 5_000;
  return isAlive && Math.floor(now / 1000) % 2 === 1 ? '○' : '●';
}

export interface Tab {
  readonly name: ViewName;
  readonly key: string;
}

/** The pages there are, the open one marked; beside them what identifies the run, where there is room. */
export function tabLine(tabs: readonly Tab[], shown: ViewName, identity: readonly Line[], columns: number): Line {
  const full = tabs.flatMap(({ name, key }) => tab(`${key} ${name}`, name === shown));
  const left =
    lengthOf(full) <= columns
      ? full
      : tabs.flatMap(({ name, key }) => tab(name === shown ? name : key, name === shown));
  const room = columns - lengthOf(left) - 2;
  const right = facts(identity, room);
  return between(left, lengthOf(right) <= room ? right : [], columns);
}

function tab(text: string, isShown: boolean): Line {
  return [piece(isShown ? `[${text}]` : ` ${text} `, isShown ? 'accent' : 'dim')];
}

export function identityOf({ run, engine, attempts }: RunState): readonly Line[] {
  const items: Line[] = [];
  if (run !== null) items.push([piece(run.runId, 'dim')]);
  if (attempts > 1) items.push([piece(`attempt ${attempts}`, 'dim')]);
  if (engine !== null) {
    items.push([piece(`${engineName(engine.backend)} ${engine.version}`, engine.notice === null ? 'dim' : 'warning')]);
    items.push([piece(`${plural(engine.threads, 'thread')}${engine.oneDnn ? ', oneDNN' : ''}`, 'dim')]);
  }
  return items;
}
