import type { Note } from '../../output/plain.ts';
import { filterLine, matches } from '../filter-line.ts';
import { wrappedNote } from '../log-lines.ts';
import { EMPTY_LINE, piece } from '../piece.ts';
import type { UiState } from '../ui-state.ts';
import type { DrawView } from '../view.ts';

/** The whole log, or the lines of it that were asked for: long ones in as many rows as they take. */
export const logView: DrawView = ({ run, ui, columns, rows }) => {
  const notes = matching(run.store.notes(), ui);
  const filter = ui.filters.log;
  const isFiltered = filter.typing || filter.text !== '' || ui.warningsOnly;
  const warnings = piece(ui.warningsOnly ? 'warnings and errors  ' : '', 'warning');
  const head = isFiltered ? [[warnings, ...filterLine(filter, notes.length)]] : [];
  const lines = notes.flatMap((note) => wrappedNote(note, columns));
  const room = Math.max(0, rows - head.length);
  const scrollable = Math.max(0, lines.length - room);
  const end = lines.length - Math.min(ui.scroll.log, scrollable);
  const shown = lines.slice(Math.max(0, end - room), end);
  const filled = Array.from({ length: room }, (_, row) => shown[row] ?? EMPTY_LINE);
  return { lines: [...head, ...filled], scrollable };
};

function matching(notes: readonly Note[], { filters, warningsOnly }: UiState): readonly Note[] {
  return notes.filter(({ text, level }) => (!warningsOnly || level !== 'info') && matches(filters.log, text));
}
