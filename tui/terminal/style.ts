/** The few looks that everything printed is made of, as parameters of SGR sequences: on and off. */
const TONES = {
  plain: null,
  strong: ['1', '22'],
  dim: ['2', '22'],
  accent: ['36', '39'],
  good: ['32', '39'],
  warning: ['33', '39'],
  bad: ['31', '39'],
  curve: ['34', '39'],
  /** Where one is: the tab that is open, the row that is chosen. */
  chosen: ['7', '27'],
} as const;

export type Tone = keyof typeof TONES;

export type Paint = (text: string, tone: Tone) => string;

/** A painter for plain text. */
export function painter(color: boolean): Paint {
  return (text, tone) => {
    const codes = TONES[tone];
    return !color || codes === null ? text : `\u001b[${codes[0]}m${text}\u001b[${codes[1]}m`;
  };
}

/** The parameter that switches a tone on; empty for plain text. */
export function sgrTone(tone: Tone): string {
  return TONES[tone]?.[0] ?? '';
}
