import { expect, it } from 'vitest';
import { KEY_BINDINGS } from '../../tui/keys.ts';
import { keySign } from '../../tui/screens/key-hints.ts';
import { helpGroups } from '../../tui/screens/views/help.ts';

/** docs/keys.md says what the table says; `npx vitest run test/tui/keys-guide.test.ts -u` writes it anew. */
it('docs/keys.md lists the keys of the table', async () => {
  const groups = new Map<string, Map<string, string>>();
  for (const mode of ['run', 'watch'] as const)
    for (const { title, bindings } of helpGroups(KEY_BINDINGS.filter(({ modes }) => modes.includes(mode)))) {
      const rows = groups.get(title) ?? new Map<string, string>();
      for (const { keys, help, modes } of bindings) {
        const where = modes.length > 1 ? '' : modes[0] === 'run' ? 'of `exp run`: ' : 'of `exp watch`: ';
        const names = keys.map((key) => `\`${key === 'up' ? '↑' : keySign(key)}\``).join(' ');
        rows.set(`${names}${where}`, `| ${names} | ${where}${help} |`);
      }
      groups.set(title, rows);
    }
  const sections = [...groups].map(([title, rows]) =>
    [`## ${title}`, '', '| key | what it does |', '| --- | --- |', ...rows.values()].join('\n'),
  );
  await expect(`# Keys of the screen\n\n${sections.join('\n\n')}\n`).toMatchFileSnapshot('../../docs/keys.md');
});
