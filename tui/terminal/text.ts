import { stripVTControlCharacters } from 'node:util';

/** What stands for a sign where there is only ASCII; each one column wide, so that layouts keep. */
const ASCII: Readonly<Record<string, string>> = {
  '·': '-',
  '–': '-',
  '—': '-',
  '…': '~',
  '×': 'x',
  '●': '*',
  '○': 'o',
  '◆': '*',
  '✓': '+',
  '✗': 'x',
  '→': '>',
  '≥': '>',
  '≤': '<',
  '’': "'",
  '█': '#',
  '▉': '#',
  '▊': '#',
  '▋': '#',
  '▌': '=',
  '▍': '-',
  '▎': '-',
  '▏': '-',
  '─': '-',
  '│': '|',
  '┌': '+',
  '└': '+',
  '┤': '+',
  '╭': '.',
  '╰': "'",
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '▸': '>',
  '±': '~',
  '━': '=',
  '▀': '#',
  '░': '.',
  '▒': ':',
  '▓': '+',
};

export function toAscii(text: string): string {
  return Array.from(text, (sign) => ((sign.codePointAt(0) ?? 0) < 0x80 ? sign : (ASCII[sign] ?? '?'))).join('');
}

/** One line without escapes: what a library or a path brings along must not steer the terminal. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim();
}

/** Breaks a text at spaces into lines of at most `columns`; a longer word stays whole. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** In signs, which nearly all take one column. */
export function textLength(text: string): number {
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) >= 0xd800) return Array.from(text).length;
  return text.length;
}
