/** The few looks that everything printed is made of. One table for the screen (Ink properties) and for plain text (SGR codes). */
const TONES = {
  plain: { ink: {}, sgr: null },
  strong: { ink: { bold: true }, sgr: ['1', '22'] },
  dim: { ink: { dimColor: true }, sgr: ['2', '22'] },
  accent: { ink: { color: 'cyan' }, sgr: ['36', '39'] },
  good: { ink: { color: 'green' }, sgr: ['32', '39'] },
  warning: { ink: { color: 'yellow' }, sgr: ['33', '39'] },
  bad: { ink: { color: 'red' }, sgr: ['31', '39'] },
  curve: { ink: { color: 'blue' }, sgr: ['34', '39'] },
} as const;

export type Tone = keyof typeof TONES;

/** Properties of Ink's `Text`. */
export function inkStyle(
  tone: Tone,
  color: boolean,
): { readonly bold?: boolean; readonly dimColor?: boolean; readonly color?: string } {
  return color ? TONES[tone].ink : {};
}

export type Paint = (text: string, tone: Tone) => string;

/** A painter for plain text. */
export function painter(color: boolean): Paint {
  return (text, tone) => {
    const codes = TONES[tone].sgr;
    return !color || codes === null ? text : `\u001b[${codes[0]}m${text}\u001b[${codes[1]}m`;
  };
}
