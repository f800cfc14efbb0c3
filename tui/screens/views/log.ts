import { plural } from '../../format/quantities.ts';
import type { Note } from '../../output/plain.ts';
import { noteLine } from '../log-lines.ts';
import { EMPTY_LINE, type Line, piece } from '../piece.ts';
import type { UiState } from '../ui-state.ts';
import type { DrawView } from '../view.ts';

/** The whole log, or the lines of it that were asked for. */
export const logView: DrawView = ({ run, ui, rows }) => {
  const notes = matching(run.store.notes(), ui.log);
  const isFiltered = ui.log.typing || ui.log.filter !== '' || ui.log.warningsOnly;
  const head = isFiltered ? [filterLine(ui.log, notes.length)] : [];
  const room = Math.max(0, rows - head.length);
  const scrollable = Math.max(0, notes.length - room);
  const end = notes.length - Math.min(ui.scroll.log, scrollable);
  const shown = notes.slice(Math.max(0, end - room), end).map(noteLine);
  const filled = Array.from({ length: room }, (_, row) => shown[row] ?? EMPTY_LINE);
  return { lines: [...head, ...filled], scrollable };
};

function matching(notes: readonly Note[], { filter, warningsOnly }: UiState['log']): readonly Note[] {
  const wanted = filter.toLowerCase();
  return notes.filter(
    ({ text, level }) => (!warningsOnly || level !== 'info') && (wanted === '' || text.toLowerCase().includes(wanted)),
  );
}

function filterLine({ filter, typing, warningsOnly }: UiState['log'], count: number): Line {
  return [
    piece(warningsOnly ? 'warnings and errors  ' : '', 'warning'),
    piece(typing || filter !== '' ? '/' : '', 'accent'),
    piece(filter),
    piece(typing ? '▌' : '', 'accent'),
    piece(`  ${plural(count, 'line')}`, 'dim'),
  ];
}
