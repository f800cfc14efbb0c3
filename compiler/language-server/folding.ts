import type { Member, TopLevel } from '../../dsl/ast.ts';
import { positionOf } from '../../dsl/source.ts';
import { endOf } from '../../dsl/tokens.ts';
import type { LanguageDocument } from './document.ts';

/** Lines, counted from 1; the last one stays in sight. */
export interface FoldingRange {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'block' | 'comment';
}

/** Blocks and comments of several lines. */
export function foldingIn({ source, syntax }: LanguageDocument): readonly FoldingRange[] {
  const lines = (start: number, end: number) => ({
    startLine: positionOf(source, start).line,
    endLine: positionOf(source, end).line,
  });
  const ofBlock = (statement: TopLevel | Member): readonly FoldingRange[] => {
    if (!('body' in statement) || statement.body === null) return [];
    const { startLine, endLine } = lines(statement.span.start, statement.span.end);
    const own: FoldingRange = { startLine, endLine: endLine - 1, kind: 'block' };
    return [...(own.endLine > own.startLine ? [own] : []), ...statement.body.flatMap(ofBlock)];
  };
  const comments = syntax.comments.flatMap((comment): readonly FoldingRange[] => {
    const range = lines(comment.startOffset, endOf(comment));
    return range.endLine > range.startLine ? [{ ...range, kind: 'comment' }] : [];
  });
  return [...syntax.file.items.flatMap(ofBlock), ...comments];
}
