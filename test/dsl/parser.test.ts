import { describe, expect, it } from 'vitest';
import type * as A from '../../dsl/ast.ts';
import { parse } from '../../dsl/parser.ts';
import { print } from '../../dsl/print.ts';
import { spanText } from '../../dsl/source.ts';
import { withoutSpans } from './generate.ts';

function parseText(text: string): { file: A.File; messages: string[] } {
  const [file, diagnostics] = parse({ path: 'test.exp', text });
  return { file, messages: diagnostics.map((diagnostic) => diagnostic.message) };
}

/** The members of `experiment a`, with the lines of a good file around them. */
function membersOf(body: string): { members: readonly A.Member[]; messages: string[] } {
  const { file, messages } = parseText(`experiment a {\n${body}\n}`);
  const [experiment] = file.items;
  if (experiment?.kind !== 'experiment') throw new Error(`no experiment: ${messages.join(', ')}`);
  return { members: experiment.body, messages };
}

function treeOfValue(text: string): unknown {
  const { members, messages } = membersOf(`  it: ${text}`);
  expect(messages).toEqual([]);
  const [setting] = members;
  return setting?.kind === 'setting' ? withoutSpans(setting.value) : setting;
}

const number = (text: string, unit: string | null = null) => ({ kind: 'number', value: Number(text), unit, text });
const reference = (text: string) => ({ kind: 'reference', text });
const name = (text: string) => ({ kind: 'name', text });

describe('values', () => {
  it.each([
    ['42', number('42')],
    ['-0.5', number('-0.5')],
    ['1e-4', number('1e-4')],
    ['8GB', number('8', 'GB')],
    ['8 GB', number('8', 'GB')],
    ['1.5mm', number('1.5', 'mm')],
    ['10%', number('10', '%')],
    ['5 epochs', number('5', 'epochs')],
    ['$30', { kind: 'money', amount: 30, text: '30', per: null }],
    ['$0.526/h', { kind: 'money', amount: 0.526, text: '0.526', per: 'h' }],
    ['96x96x64', { kind: 'triple', parts: [number('96'), number('96'), number('64')], unit: null }],
    ['1.0x1.0x2.5 mm', { kind: 'triple', parts: [number('1.0'), number('1.0'), number('2.5')], unit: 'mm' }],
    ['2..4', { kind: 'range', from: number('2'), to: number('4') }],
    ['1e-5..1e-3', { kind: 'range', from: number('1e-5'), to: number('1e-3') }],
    ['2GB..4GB', { kind: 'range', from: number('2', 'GB'), to: number('4', 'GB') }],
    ['[1, 2]', { kind: 'list', items: [number('1'), number('2')] }],
    ['[1, 2,]', { kind: 'list', items: [number('1'), number('2')] }],
    ['[]', { kind: 'list', items: [] }],
    ['70% / 30%', { kind: 'slashed', parts: [number('70', '%'), number('30', '%')] }],
    ['$30, 20h', { kind: 'sequence', items: [expect.objectContaining({ kind: 'money' }), number('20', 'h')] }],
    ['true', { kind: 'boolean', value: true }],
    ['RAS', reference('RAS')],
    ['aws.n1-standard-4-t4', reference('aws.n1-standard-4-t4')],
    ['"data/organ"', { kind: 'string', value: 'data/organ', text: '"data/organ"' }],
    ['"\\"\\u{1f9e0}\\n"', { kind: 'string', value: '"🧠\n', text: '"\\"\\u{1f9e0}\\n"' }],
    ['every 2 epochs', { kind: 'phrase', parts: [name('every'), number('2', 'epochs')] }],
    ['first 8', { kind: 'phrase', parts: [name('first'), number('8')] }],
    [
      'patience 20 on val.dice',
      { kind: 'phrase', parts: [name('patience'), number('20'), name('on'), reference('val.dice')] },
    ],
    [
      'log(1e-5..1e-3)',
      {
        kind: 'call',
        callee: reference('log'),
        arguments: [
          { kind: 'argument', name: null, value: { kind: 'range', from: number('1e-5'), to: number('1e-3') } },
        ],
      },
    ],
    [
      'f(a: 5 epochs, b: [x])',
      {
        kind: 'call',
        callee: reference('f'),
        arguments: [
          { kind: 'argument', name: name('a'), value: number('5', 'epochs') },
          { kind: 'argument', name: name('b'), value: { kind: 'list', items: [reference('x')] } },
        ],
      },
    ],
  ])('%s', (text, expected) => {
    expect(treeOfValue(text)).toEqual(expected);
  });

  it('points at each value', () => {
    const { members } = membersOf('  split: 70% / 15% / 15%  // a comment');
    const [setting] = members;
    if (setting?.kind !== 'setting' || setting.value.kind !== 'slashed') throw new Error('no split');
    expect(spanText(setting.span)).toBe('split: 70% / 15% / 15%');
    expect(setting.value.parts.map((part) => spanText(part.span))).toEqual(['70%', '15%', '15%']);
  });
});

describe('statements that share a line', () => {
  it.each([
    ['a: [1]  b: [2]', 'a: [1]\nb: [2]'],
    ['a: 1 model SegResNet { b: 2 } c: 3', 'a: 1\nmodel SegResNet {\nb: 2\n}\nc: 3'],
    ['v: every 2 epochs schedule { epochs: 5 }', 'v: every 2 epochs\nschedule {\nepochs: 5\n}'],
    ['augment { flip(a: 1) rotate(b: 2) }', 'augment {\nflip(a: 1)\nrotate(b: 2)\n}'],
    ['expect val.dice >= 0.8 expect val.iou >= 0.7', 'expect val.dice >= 0.8\nexpect val.iou >= 0.7'],
    ['x: RAS sweep random(trials: 2) { y: [1] }', 'x: RAS\nsweep random(trials: 2) {\ny: [1]\n}'],
  ])('%s', (oneLine, manyLines) => {
    const one = membersOf(oneLine);
    const many = membersOf(manyLines);
    expect([...one.messages, ...many.messages]).toEqual([]);
    expect(withoutSpans(one.members)).toEqual(withoutSpans(many.members));
  });
});

describe('keywords are not reserved', () => {
  it.each(['import', 'param', 'experiment', 'environment', 'expect', 'model', 'profile', 'on', 'extends'])(
    '%s',
    (word) => {
      const { members, messages } = membersOf(`${word}: f(${word}: ${word})\n2nd: 1`.replace('2nd', 'second'));
      expect(messages).toEqual([]);
      expect(members.map((member) => member.kind)).toEqual(['setting', 'setting']);
    },
  );
});

describe('headers', () => {
  it.each([
    ['dataset bids("x")', { label: null, variant: expect.objectContaining({ kind: 'call' }), on: null, body: null }],
    ['dataset organ bids("x") {}', { label: reference('organ'), variant: expect.objectContaining({ kind: 'call' }) }],
    ['dataset organ', { label: null, variant: reference('organ'), body: null }],
    ['profile p on aws.x\n{ }', { variant: reference('p'), on: reference('aws.x'), body: [] }],
  ])('%s', (text, expected) => {
    const { file, messages } = parseText(text);
    expect(messages).toEqual([]);
    expect(withoutSpans(file.items[0])).toMatchObject(expected);
  });
});

describe('a mistake in one place leaves the rest', () => {
  const around = (broken: string) => `seed: 1\n${broken}\nfolds: 5\nschedule {\n  epochs: 2\n}\npatch: 96x96x96`;

  it.each([
    ['patch:', 'expected a value after `patch:`'],
    ['patch: ]', '`]` closes nothing'],
    ['] patch: 1', '`]` closes nothing'],
    ['loss: dice(a: , b: 1)', 'expected a value after `a:`'],
    ['loss: dice(a: 1', '`)` missing for `(` opened at line 3'],
    ['metrics: [dice,', '`]` missing for `[` opened at line 3'],
    ['metrics: [dice; iou]', 'unexpected `;` in the list'],
    ['schedule { epochs: }', 'expected a value after `epochs:`'],
    ['schedule { epochs: 2', '`}` missing for `schedule` opened at line 3'],
    ['learning rate: 1e-4', '`learning rate` is two words: names have no spaces'],
    ['description: "a', 'this string is not closed'],
    ['track: mlflow("a)', 'this string is not closed'],
    ['patch: 96 96 96', 'unexpected `96` after `patch: 96`'],
    ['patch: 96x96', 'a size has three parts, `96x96` has 2'],
    ['patch: € 96x96x96', 'unexpected character `€`'],
    ['naïve: 1', '`naïve` is not a name'],
    ['validate every 2 epochs', '`:` missing after `validate`'],
    ['expect val.dice', 'an expectation needs a comparison'],
    ['expect >= 3', 'an expectation needs a metric'],
    ['val.: 3', 'expected a name after `val.`'],
    ['sampling: balanced(positive=1)', '`=` instead of `:` after `positive`'],
    ['loss', '`loss` stands alone'],
    ['batch_size: ..4', 'a range has a number on both sides of `..`'],
    ['a: 1e999', '`1e999` is not a number'],
    ['a: [1, , 2]', 'unexpected `,` without a value before it'],
    ['profile on aws.x { }', 'expected a name after `profile`'],
    ['profile p on { }', 'expected a name after `on`'],
    ['model A B C { }', 'unexpected `C` after `model A B`'],
    ['seed: 1, folds: 2', 'settings are separated by line breaks, not by `,`'],
    ['a: { b: 1 }', 'expected a value after `a:`'],
    ['import "x.exp"', '`import` belongs at the top of the file, outside of every block'],
  ])('%s', (broken, message) => {
    const { members, messages } = membersOf(around(broken));
    expect(messages).toEqual([message]);
    const printed = members.map((member) => withoutSpans(member));
    expect(printed[0]).toEqual({ kind: 'setting', name: reference('seed'), value: number('1') });
    expect(printed.at(-1)).toMatchObject({ kind: 'setting', name: reference('patch'), value: { kind: 'triple' } });
    expect(printed.at(-2)).toMatchObject({ kind: 'block', keyword: name('schedule') });
  });

  it('reports independent mistakes in one go, in the order of the file', () => {
    const { messages } = membersOf('patch:\nschedule { epochs 2 }\nmetrics: [dice iou]\nseed = 1');
    expect(messages).toEqual([
      'expected a value after `patch:`',
      '`:` missing after `epochs`',
      '`,` missing before `iou`',
      '`=` instead of `:` after `seed`',
    ]);
  });

  it('stands in the tree, so that what is there in part is not reported as absent', () => {
    const { members } = membersOf('patch:\n? 3\nseed: 1');
    expect(members.map((member) => (member.kind === 'setting' ? member.value.kind : member.kind))).toEqual([
      'missing',
      'broken',
      'number',
    ]);
  });
});

describe('missing and surplus braces', () => {
  it('a block that is not closed ends where the indentation says', () => {
    const { file, messages } = parseText(
      'experiment a {\n  schedule {\n    epochs: 2\n  seed: 1\n}\nexperiment b {\n  seed: 2\n}\n',
    );
    expect(messages).toEqual(['`}` missing for `schedule` opened at line 2']);
    expect(file.items.map((item) => item.kind)).toEqual(['experiment', 'experiment']);
    expect(print(file)).toContain('schedule {\n    epochs: 2\n  }');
  });

  it('a file cut off in the middle is one mistake', () => {
    const { messages } = parseText('experiment a {\n  profile p {\n    schedule {\n      epochs: 2\n');
    expect(messages).toEqual(['`}` missing for `schedule` opened at line 3']);
  });

  it('a closing brace too many leaves what follows in its block', () => {
    const { file, messages } = parseText('experiment a {\n  schedule {\n    epochs: 2\n  }\n  }\n  seed: 1\n}\n');
    expect(messages).toEqual(['`}` closes nothing']);
    expect(print(file)).toContain('seed: 1');
  });

  it('an opening brace left out is put where the indentation says', () => {
    const { file, messages } = parseText('experiment a {\n  schedule\n    epochs: 2\n  }\n  seed: 1\n}\n');
    expect(messages).toEqual(['opening brace missing after `schedule`']);
    expect(print(file)).toContain('schedule {\n    epochs: 2\n  }\n\n  seed: 1');
  });

  it('settings after a brace too early are one mistake', () => {
    const { messages } = parseText('experiment a { }\nseed: 1\nfolds: 2\nexpect val.dice > 0.5\n');
    expect(messages).toEqual(['`seed` stands outside of an experiment']);
  });

  it('an environment takes no arguments', () => {
    expect(parseText('experiment a { profile b on c("d") { seed: 1 } }').messages).toEqual([
      'unexpected `(` after `c`',
    ]);
  });
});

describe('files as they come', () => {
  it.each([
    ['empty', ''],
    ['only blanks and comments', ' \n\t// nothing\n/* at all */'],
    ['a byte order mark, Windows line ends and tabs', '\ufeffexperiment a {\r\n\tseed: 1\r\n\tfolds: 2\r\n}\r\n'],
    ['old Macintosh line ends', 'experiment a {\r  seed: 1\r  folds: 2 // c\r  spread: 3\r}\r'],
  ])('%s', (_, text) => {
    expect(parseText(text).messages).toEqual([]);
  });
});
