import type { Block, Member, TopLevel } from '../../dsl/ast.ts';
import type { Span } from '../../dsl/source.ts';
import type { LanguageDocument } from './document.ts';

export interface DocumentSymbol {
  readonly name: string;
  readonly kind: 'experiment' | 'environment' | 'profile' | 'block' | 'parameter' | 'setting' | 'call';
  /** All of it. */
  readonly span: Span;
  /** What is shown when one goes there; within `span`. */
  readonly nameSpan: Span;
  readonly children: readonly DocumentSymbol[];
}

/** The outline of a file. */
export function symbolsIn({ syntax }: LanguageDocument): readonly DocumentSymbol[] {
  return syntax.file.items.flatMap(topLevelSymbol);
}

function topLevelSymbol(item: TopLevel): readonly DocumentSymbol[] {
  switch (item.kind) {
    case 'experiment':
    case 'environment': {
      const { name, span, body, kind } = item;
      return [{ name: name.text || kind, kind, span, nameSpan: name.span, children: body.flatMap(memberSymbol) }];
    }
    case 'block':
    case 'parameter':
      return memberSymbol(item);
    case 'import':
    case 'broken':
      return [];
  }
}

function memberSymbol(member: Member): readonly DocumentSymbol[] {
  const { span } = member;
  switch (member.kind) {
    case 'block':
      return [blockSymbol(member)];
    case 'parameter':
      return [{ name: member.name.text, kind: 'parameter', span, nameSpan: member.name.span, children: [] }];
    case 'setting':
      return [{ name: member.name.text, kind: 'setting', span, nameSpan: member.name.span, children: [] }];
    case 'callStatement': {
      const { callee } = member.call;
      return [{ name: callee.text, kind: 'call', span, nameSpan: callee.span, children: [] }];
    }
    case 'expectation':
      return [
        { name: `expect ${member.metric.text}`, kind: 'setting', span, nameSpan: member.metric.span, children: [] },
      ];
    case 'broken':
      return [];
  }
}

function blockSymbol({ keyword, label, variant, span, body }: Block): DocumentSymbol {
  const named = variant?.kind === 'call' ? variant.callee : variant;
  const name = [keyword, label, named].flatMap((word) => (word === null ? [] : [word.text])).join(' ');
  const kind = keyword.text === 'profile' ? 'profile' : 'block';
  return { name, kind, span, nameSpan: keyword.span, children: (body ?? []).flatMap(memberSymbol) };
}
