import type { RunState } from '../../runtime/events/run-state.ts';
import { formatClock, plural } from '../format/quantities.ts';
import { between, facts, Line, type Piece, piece } from './line.tsx';
import { describeStatus, engineName } from './status.ts';

/** Name, profile and status; run id and engine. */
export function Header(props: {
  readonly state: RunState;
  /** Which run of how many this is; null for a run of its own. */
  readonly group: string | null;
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
}) {
  const { state, group, now, columns, rows } = props;
  const status = describeStatus(state);
  const end = state.finished === null ? now : (state.updatedAt ?? now);
  const title = [piece(state.run?.experiment ?? 'exp', 'strong')];
  if (state.run?.profile != null) title.push(piece(` · ${state.run.profile}`, 'dim'));
  if (group !== null) title.push(piece(`  ${group}`, 'accent'));
  const right: Piece[] = [piece('● ', status.tone), piece(status.text, status.tone)];
  if (state.startedAt !== null) right.push(piece(`  ${formatClock((end - state.startedAt) / 1000)}`));
  return (
    <>
      <Line columns={columns} pieces={between(title, right, columns)} />
      {rows > 1 && <Line columns={columns} pieces={facts(details(state), columns)} />}
    </>
  );
}

function details(state: RunState): readonly (readonly Piece[])[] {
  const { run, engine } = state;
  const items: Piece[][] = [];
  if (run !== null) items.push([piece(run.runId, 'dim')]);
  if (engine !== null) {
    items.push([piece(`${engineName(engine.backend)} ${engine.version}`, engine.notice === null ? 'dim' : 'warning')]);
    items.push([piece(`${plural(engine.threads, 'thread')}${engine.oneDnn ? ', oneDNN' : ''}`, 'dim')]);
  }
  if (state.attempts > 1) items.push([piece(`attempt ${state.attempts}`, 'dim')]);
  return items;
}
