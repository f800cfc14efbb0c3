import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { format } from '../../dsl/print.ts';
import { repositoryRoot } from '../helpers/python.ts';

const formatted = (text: string) => format({ path: 'test.exp', text })[0];

it('leaves the file of the language page as it is', () => {
  const text = readFileSync(join(repositoryRoot, 'experiments/swin.exp'), 'utf8');
  expect(formatted(text)).toBe(text);
});

it('refuses a file with errors, and says what they are', () => {
  const [text, diagnostics] = format({ path: 'test.exp', text: 'experiment a { seed 42 }' });
  expect(text).toBeNull();
  expect(diagnostics.map(({ code }) => code)).toEqual(['EXP1102']);
});

describe('layout', () => {
  it.each([
    [
      'one statement a line, two blanks of indentation',
      'experiment a {\nseed:1 folds :  5\n}',
      'experiment a {\n  seed: 1\n  folds: 5\n}\n',
    ],
    [
      'blocks stay on one line where the author put them there',
      'experiment a {model   X{b:1 c:2}}',
      'experiment a { model X { b: 1  c: 2 } }\n',
    ],
    [
      'blocks that do not fit on a line are broken',
      `experiment a { ${'setting: 1 '.repeat(9)}}`,
      `experiment a {\n${'  setting: 1\n'.repeat(9)}}\n`,
    ],
    [
      'at most one blank line, none at the ends',
      'experiment a {\n\n\n  b: 1\n\n\n\n  c: 2\n\n}\n\n\n',
      'experiment a {\n  b: 1\n\n  c: 2\n}\n',
    ],
    [
      'a blank line between blocks at the top',
      'experiment a {\n  b: 1\n}\nexperiment c {\n  d: 2\n}',
      'experiment a {\n  b: 1\n}\n\nexperiment c {\n  d: 2\n}\n',
    ],
    [
      'units',
      'experiment a {\n  b: 8 GB\n  c: 5epochs\n  d: 50 %\n  e: 1x1x2mm\n}',
      'experiment a {\n  b: 8GB\n  c: 5 epochs\n  d: 50%\n  e: 1x1x2 mm\n}\n',
    ],
    [
      'line ends of Windows and marks of byte order go',
      '\ufeffexperiment a {\r\n\tb: 1\r\n}\r\n',
      'experiment a {\n  b: 1\n}\n',
    ],
    ['an empty file stays empty', ' \n\n', ''],
    ['empty blocks', 'experiment a {\n\n}', 'experiment a {}\n'],
    [
      'a value on the next line moves up',
      'experiment a {\n  b:\n    [1,\n    2]\n}',
      'experiment a {\n  b: [1, 2]\n}\n',
    ],
  ])('%s', (_, given, expected) => {
    expect(formatted(given)).toBe(expected);
    expect(formatted(expected)).toBe(expected);
  });

  it('long calls are broken, one argument a line', () => {
    const words = 'lorem ipsum dolor sit amet consectetur'.split(' ');
    const text = `experiment a {\n  it: f(${words.map((word) => `${word}: "${word}${word}"`).join(', ')})\n}\n`;
    const lines = words.map((word) => `    ${word}: "${word}${word}",\n`).join('');
    expect(formatted(text)).toBe(`experiment a {\n  it: f(\n${lines}  )\n}\n`);
  });
});

describe('comments', () => {
  it.each([
    [
      'on lines of their own',
      '// top\n\n/* two\n   lines */\nexperiment a {\n    // inside\n  b: 1\n  // last\n}\n// end',
      '// top\n\n/* two\n   lines */\nexperiment a {\n  // inside\n  b: 1\n  // last\n}\n// end\n',
    ],
    [
      'behind the code, aligned with each other',
      'experiment a { // one\n  b: 1 // two\n  c: 22 /* three */\n}// four',
      `experiment a {                      // one\n  b: 1                              // two\n  c: 22                             /* three */\n}                                   // four\n`,
    ],
    [
      'behind long code, three blanks from it',
      `experiment a {\n  b: "${'x'.repeat(40)}" // one\n  c: 2 // two\n}`,
      `experiment a {\n  b: "${'x'.repeat(40)}"   // one\n  c: 2                                            // two\n}\n`,
    ],
    [
      'in a list',
      'experiment a {\n  b: [1, // one\n  2 /* two */, /* three */ 3\n  // end\n  ]\n}',
      `experiment a {\n  b: [\n    1,                              // one\n    2,                              /* two */ /* three */\n    3,\n    // end\n  ]\n}\n`,
    ],
    [
      'where no line ends, above',
      'experiment a {\n  b /* one */ : every /* two */ 2 /* three */ epochs\n}',
      'experiment a {\n  /* one */\n  /* two */\n  /* three */\n  b: every 2 epochs\n}\n',
    ],
    ['alone in a block', 'experiment a {\n  // nothing yet\n}', 'experiment a {\n  // nothing yet\n}\n'],
  ])('%s', (_, given, expected) => {
    expect(formatted(given)).toBe(expected);
    expect(formatted(expected)).toBe(expected);
  });
});
