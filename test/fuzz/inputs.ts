import type { Corpus } from './corpus.ts';
import { type Random, randomAt } from './random.ts';

/** One text to try. */
export interface Input {
  readonly kind: Kind;
  readonly text: string;
  readonly depth: Depth;
}

/** How far a text goes: drawing its diagnostics takes as long as parsing it, and the compiler twenty times as long. */
export type Depth = 'parse' | 'draw' | 'check';

export type Kind = 'characters' | 'tokens' | 'mutated piece' | 'mutated file' | 'mutated experiment';

/** The n-th input of a seed. Of a hundred, the compiler sees 5, and the diagnostics of 12 others are drawn. */
export function inputAt(seed: number, index: number, corpus: Corpus): Input {
  const random = randomAt(seed, index);
  const draw = random.below(100);
  const depth = random.oneIn(8) ? 'draw' : 'parse';
  if (draw < 20) return { kind: 'characters', text: characters(random), depth };
  if (draw < 55) return { kind: 'tokens', text: tokens(random), depth };
  if (draw < 94) return { kind: 'mutated piece', text: mutated(random.oneOf(corpus.pieces), random), depth };
  if (draw < 95) return { kind: 'mutated file', text: mutated(random.oneOf(corpus.files), random), depth };
  return { kind: 'mutated experiment', text: mutated(random.oneOf(corpus.experiments), random), depth: 'check' };
}

/** Pieces of the language, and of what people type by mistake. */
const TOKENS = [
  ...'experiment profile dataset model schedule sweep expect import param environment on extends folds'.split(' '),
  ...'{ } ( ) [ ] : , ; = . .. ... / // /* */ # " \' \\ % $ >= => < x - + & “ × é 字 😀'.split(' '),
  ...'a val.dice 42 1e-4 .5 5. 96x96x96 96x96 8GB $30 $0.5/h 2..4 "s" 1e999 -3 50% epochs true'.split(' '),
  ...'env("A") secret("B") log(1e-5..1e-3) random(trials: 2) first 8 every 2 epochs constructor __proto__'.split(' '),
];
const SEPARATORS = ['', ' ', ' ', ' ', '\n'];

function tokens(random: Random): string {
  let text = random.oneIn(3) ? 'experiment a { ' : '';
  for (let count = 1 + random.below(14); count > 0; count--) text += random.oneOf(TOKENS) + random.oneOf(SEPARATORS);
  return text;
}

const ODD = [
  '\u0000',
  '\u0007',
  '\u001b[31m',
  '\t',
  '\r',
  '\r\n',
  '\u2028',
  '\ufeff',
  '\ud800',
  '\udfff',
  '\u0301',
  '😀',
  '\u200b',
];

function characters(random: Random): string {
  let text = '';
  for (let count = 1 + random.below(40); count > 0; count--) text += character(random);
  return text;
}

function character(random: Random): string {
  const draw = random.below(10);
  if (draw < 6) return String.fromCharCode(32 + random.below(95));
  if (draw < 7) return String.fromCharCode(random.below(256));
  if (draw < 8) return String.fromCodePoint(random.below(0x110000));
  return random.oneOf(ODD);
}

/** A text with one to four accidents. */
function mutated(original: string, random: Random): string {
  let text = original;
  for (let count = 1 + random.below(4); count > 0; count--) text = random.oneOf(ACCIDENTS)(text, random);
  return text;
}

type Accident = (text: string, random: Random) => string;

const LONGEST_CUT = 20;

/** A stretch of the text: where it starts and ends. */
function stretch(text: string, random: Random): readonly [start: number, end: number] {
  const start = random.below(text.length + 1);
  return [start, Math.min(text.length, start + random.below(LONGEST_CUT))];
}

const ACCIDENTS: readonly Accident[] = [
  function remove(text, random) {
    const [start, end] = stretch(text, random);
    return text.slice(0, start) + text.slice(end);
  },
  function duplicate(text, random) {
    const [start, end] = stretch(text, random);
    return text.slice(0, end) + text.slice(start, end) + text.slice(end);
  },
  function move(text, random) {
    const [start, end] = stretch(text, random);
    const rest = text.slice(0, start) + text.slice(end);
    const to = random.below(rest.length + 1);
    return rest.slice(0, to) + text.slice(start, end) + rest.slice(to);
  },
  function swapWords(text, random) {
    const words = text.split(/(\s+)/);
    const [a, b] = [random.below(words.length), random.below(words.length)];
    [words[a], words[b]] = [words[b] ?? '', words[a] ?? ''];
    return words.join('');
  },
  function insertToken(text, random) {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.oneOf(TOKENS) + text.slice(at);
  },
  function insertCharacter(text, random) {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + character(random) + text.slice(at);
  },
  function replaceToken(text, random) {
    const words = text.split(/(\b)/);
    words[random.below(words.length)] = random.oneOf(TOKENS);
    return words.join('');
  },
  function cutOff(text, random) {
    return text.slice(0, random.below(text.length + 1));
  },
];
