import type { CommanderError } from 'commander';
import { quoted } from '../compiler/handoff/shell.ts';

/** Commands with `--set`. */
const TAKE_SETTINGS: ReadonlySet<string> = new Set(['run', 'plan', 'submit']);

/**
 * What was meant by a command line that commander does not understand: `exp organ.exp` is `exp run organ.exp`, and
 * `--epochs 10` sets a setting. The tables of settings are loaded for that alone.
 *
 * @returns null where nobody knows
 */
export async function commandLineHint(
  { code, message }: CommanderError,
  argv: readonly string[],
): Promise<string | null> {
  const [first = ''] = argv;
  if (code === 'commander.unknownCommand' && first.endsWith('.exp')) return `exp run ${quoted(first)}`;
  const [, option = ''] = /unknown option '--([^'=]+)/.exec(message) ?? [];
  if (code !== 'commander.unknownOption' || option === '' || !TAKE_SETTINGS.has(first)) return null;
  const { pathsTo } = await import('../compiler/fields/field-places.ts');
  const { foreignName } = await import('../compiler/fields/foreign-names.ts');
  const name = option.replaceAll('-', '_');
  const [path] = [...pathsTo(name), ...pathsTo(foreignName(name)?.name ?? '')];
  return path === undefined ? null : `settings are given with --set: --set ${path}=…`;
}
