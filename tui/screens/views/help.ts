import { bindingsFor, type KeyBinding, type ViewName } from '../../keys.ts';
import { textLength, wrapWords } from '../../terminal/text.ts';
import { keySign } from '../key-hints.ts';
import { EMPTY_LINE, type Line, piece } from '../piece.ts';
import { scrolled } from '../scrolled.ts';
import { type DrawView, situationOf } from '../view.ts';

const KEY_COLUMNS = 12;

/** What each key does, from the same table that dispatches them. */
export const helpView: DrawView = (props) => {
  const { ui, columns, rows } = props;
  const lines = helpGroups(bindingsFor(situationOf(props))).flatMap(({ title, bindings }, index) => [
    ...(index === 0 ? [] : [EMPTY_LINE]),
    [piece(title, 'strong')],
    ...bindings.flatMap((binding) => bindingLines(binding, columns)),
  ]);
  return scrolled(lines, ui.scroll.help, rows);
};

export interface HelpGroup {
  readonly title: string;
  readonly bindings: readonly KeyBinding[];
}

/** The keys by where they work: everywhere first. */
export function helpGroups(bindings: readonly KeyBinding[]): readonly HelpGroup[] {
  const groups = new Map<string, KeyBinding[]>([['Everywhere', []]]);
  for (const binding of bindings) {
    const title = binding.views === null ? 'Everywhere' : titleOf(binding.views);
    groups.set(title, [...(groups.get(title) ?? []), binding]);
  }
  return [...groups].map(([title, bindings]) => ({ title, bindings }));
}

function titleOf(views: readonly ViewName[]): string {
  return `In ${views.join(', ').replace(/, (\w+)$/, ' and $1')}`;
}

function bindingLines({ keys, help }: KeyBinding, columns: number): readonly Line[] {
  const names = keys.map((key) => (key === 'up' ? '↑' : keySign(key))).join(' ');
  const width = Math.max(KEY_COLUMNS, textLength(names) + 2);
  return wrapWords(help, Math.max(20, columns - width)).map((text, index) => [
    piece(index === 0 ? names + ' '.repeat(width - textLength(names)) : ' '.repeat(width), 'accent'),
    piece(text),
  ]);
}
