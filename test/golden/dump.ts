import type { File } from '../../dsl/ast.ts';
import { positionOf, type SourceFile, type Span } from '../../dsl/source.ts';
import type { Tokens } from '../../dsl/tokens.ts';

/** Tokens and trees as text that is pleasant to compare. */

export function dumpTokens(source: SourceFile, { tokens, comments }: Tokens): string {
  const all = [...tokens, ...comments].sort((a, b) => a.startOffset - b.startOffset);
  return `${all
    .map((token) => {
      const { line, column } = positionOf(source, token.startOffset);
      return `${line}:${column}`.padEnd(8) + token.tokenType.name.padEnd(18) + JSON.stringify(token.image);
    })
    .join('\n')}\n`;
}

/** One node a line, children indented; leaves with their text. */
export function dumpTree(file: File): string {
  const lines: string[] = [];
  dumpNode(file, '', 0, lines);
  return `${lines.join('\n')}\n`;
}

function dumpNode(node: object, label: string, depth: number, lines: string[]): void {
  const scalars: string[] = [];
  const children: [string, object][] = [];
  let kind = '';
  let where = '';
  for (const [key, value] of Object.entries(node)) {
    if (key === 'kind') kind = String(value);
    else if (key === 'span') where = spanText(value as Span);
    else if (key === 'operatorSpan') scalars.push(`${key}=${spanText(value as Span)}`);
    else if (typeof value === 'object' && value !== null) children.push([key, value as object]);
    else scalars.push(`${key}=${JSON.stringify(value)}`);
  }
  lines.push(`${'  '.repeat(depth)}${label}${[kind, where, ...scalars].join(' ')}`);
  for (const [key, child] of children) {
    if (!Array.isArray(child)) {
      dumpNode(child, `${key}: `, depth + 1, lines);
      continue;
    }
    lines.push(`${'  '.repeat(depth + 1)}${key}:${child.length === 0 ? ' none' : ''}`);
    for (const item of child as object[]) dumpNode(item, '', depth + 2, lines);
  }
}

function spanText(span: Span): string {
  const start = positionOf(span.file, span.start);
  const end = positionOf(span.file, span.end);
  return `${start.line}:${start.column}-${start.line === end.line ? '' : `${end.line}:`}${end.column}`;
}
