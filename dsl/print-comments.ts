import type { IToken } from 'chevrotain';
import type { SourceFile } from './source.ts';
import { endOf } from './tokens.ts';

/** The comments of a file, handed out in order to whoever prints what stands beside them. */
export interface CommentQueue {
  /** Those that start before an offset and have not been taken. */
  readonly takeBefore: (offset: number) => IToken[];
  /** Those that go on with the line that ends at an offset. */
  readonly takeTrailing: (end: number) => IToken[];
}

export const NO_COMMENTS: CommentQueue = { takeBefore: () => [], takeTrailing: () => [] };

/** Between an item and the comment that belongs to it. */
const SAME_LINE = /^[ \t]*,?[ \t]*$/;

export function commentQueue(source: SourceFile, comments: readonly IToken[]): CommentQueue {
  let next = 0;
  const takeBefore = (offset: number) => {
    const first = next;
    while ((comments[next]?.startOffset ?? Number.POSITIVE_INFINITY) < offset) next++;
    return comments.slice(first, next);
  };
  const takeTrailing = (end: number) => {
    const first = next;
    for (let from = end; ; ) {
      const comment = comments[next];
      if (comment === undefined || comment.startOffset < from) break;
      if (!SAME_LINE.test(source.text.slice(from, comment.startOffset))) break;
      from = endOf(comment);
      next++;
    }
    return comments.slice(first, next);
  };
  return { takeBefore, takeTrailing };
}

/** As written, but for line ends and blanks at the end. */
export function commentText(comment: IToken): string {
  return comment.image.replace(/\r\n?/g, '\n').trimEnd();
}
