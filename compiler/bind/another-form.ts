import type { Name, Reference } from '../../dsl/ast.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import { fieldOf, variantOf } from './lookup.ts';

/**
 * How to write what `--set` and sweeps take and a block does not: `schedule.epochs: 3` is `schedule { epochs: 3 }`, and
 * `environment: slurm.a100` stands in the head of a profile.
 *
 * @returns null where the name means nothing of the kind
 */
export function formInBlock(name: Name | Reference): string | null {
  const value = valueAfter(name);
  if (name.text === 'environment') return `write \`profile NAME on ${value} { … }\``;
  const [head, ...rest] = name.text.split('.');
  const inner = rest.join('.');
  const type = head === undefined ? undefined : fieldOf(EXPERIMENT, head)?.type;
  if (type === undefined || inner === '') return null;
  switch (type.kind) {
    case 'group':
      return fieldOf(type.fields, inner) === undefined ? null : `write \`${head} { ${inner}: ${value} }\``;
    case 'blockChoice': {
      if (fieldOf(type.common, inner) !== undefined) return `write \`${head} { ${inner}: ${value} }\``;
      const variant = Object.keys(type.variants).find((each) => isOf(variantOf(type.variants, each)?.settings, inner));
      return variant === undefined ? null : `write \`${head} ${variant} { ${inner}: ${value} }\``;
    }
    case 'callChoice': {
      const variant = Object.keys(type.variants).find((each) => isOf(variantOf(type.variants, each)?.arguments, inner));
      return variant === undefined ? null : `write \`${head}: ${variant}(${inner}: ${value})\``;
    }
    case 'callList':
    case 'scalar':
      return null;
  }
}

function isOf(table: Parameters<typeof fieldOf>[0] | undefined, name: string): boolean {
  return table !== undefined && fieldOf(table, name) !== undefined;
}

/** What stands behind the name in its line, as it is written. */
function valueAfter({ span }: Name | Reference): string {
  const [, written = ''] = /^[ \t]*[:=][ \t]*([^\n{}]*)/.exec(span.file.text.slice(span.end)) ?? [];
  const value = written.replace(/\s+(\/\/|\/\*).*$/, '').trim();
  return value === '' || value.length > 40 ? '…' : value;
}
