import type { EngineDiagnosis, Finding } from '../../runtime/engine/provision/diagnose.ts';
import { painter, type Tone } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';

const SIGNS: Readonly<Record<Finding['status'], { readonly sign: string; readonly tone: Tone }>> = {
  ok: { sign: '✓', tone: 'good' },
  warning: { sign: '●', tone: 'warning' },
  missing: { sign: '✗', tone: 'bad' },
};

export function formatDiagnosis({ engine, findings }: EngineDiagnosis, terminal: Terminal): string {
  const paint = painter(terminal.color);
  const show = (text: string) => (terminal.unicode ? text : toAscii(text));
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, status, detail, mend }) => {
    const { sign, tone } = SIGNS[status];
    const line = `${paint(show(sign), tone)} ${name.padEnd(width)}  ${show(detail)}`;
    return mend === null ? [line] : [line, `  ${' '.repeat(width)}  ${paint('help:', 'accent')} ${show(mend)}`];
  });
  return `${lines.join('\n')}\n\nruns use ${paint(engine, 'strong')}\n`;
}
