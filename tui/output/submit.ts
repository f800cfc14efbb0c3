import type { HandoffJob, Target, TargetCommands } from '../../compiler/handoff/target.ts';
import { plural } from '../format/quantities.ts';
import type { ToolCheck } from '../session/submit/tool.ts';
import { painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { columns } from './table.ts';

export interface ShownHandoff {
  readonly job: HandoffJob;
  readonly target: Target;
  readonly commands: TargetCommands;
  /** The folder, as the user may type it. */
  readonly where: string;
  readonly checked: ToolCheck;
}

/** What was handed off, and what to type next. */
export function formatHandoff(shown: ShownHandoff, terminal: Terminal): string {
  const { job, target, commands, where, checked } = shown;
  const paint = painter(terminal.color);
  const facts: readonly (readonly [string, string])[] = [
    ['target', `${target.title}: ${dealt(job)}`],
    ['on', machine(job)],
    ...job.outlook.map((line): readonly [string, string] => {
      const [label = '', ...text] = line.split(': ');
      return [label, text.join(': ')];
    }),
    ['data', job.inputs.length === 0 ? 'none needed' : job.inputs.join(', ')],
    ['variables', job.variables.length === 0 ? 'none needed' : job.variables.map(({ name }) => name).join(', ')],
    ['written', `${where}/${target.jobFile}, README.md and what belongs to them`],
    ['checked', checkText(checked)],
  ];
  const steps = [
    `cd ${where}`,
    ...commands.prepare,
    ...commands.submit,
    ...(commands.fetch === null ? [] : [commands.fetch]),
    'exp submit collect .',
  ];
  const lines = [
    `${paint(job.experiment, 'strong')}  ${paint(job.id, 'dim')}`,
    '',
    ...facts.map(([label, text]) => `  ${paint(label.padEnd(10), 'dim')}${text}`),
    '',
    paint('next', 'dim'),
    ...steps.map((step) => `  ${step}`),
    '',
  ];
  return forTerminal(lines, terminal);
}

/** `--with help`. */
export function formatTargetOptions(name: string, { title, options }: Target): string {
  const rows = Object.entries(options).map(([option, { fallback, doc, example, required }]) => [
    option,
    `${doc}${required === true ? ' (needed)' : ''}`,
    fallback === null ? `for example ${option}=${example}` : `${fallback} unless given`,
  ]);
  return `${title} takes, each as --with name=value (--to ${name}):\n\n${columns(rows).join('\n')}\n`;
}

function dealt({ runs, parts, jobs }: HandoffJob): string {
  const what = runs === parts ? plural(runs, 'run') : `${plural(runs, 'run')} in ${plural(parts, 'job')}`;
  return jobs === null || jobs >= parts ? what : `${what}, at most ${jobs} at once`;
}

function machine({ environment: { name, gpu }, profile }: HandoffJob): string {
  const device = gpu === null ? 'without a GPU' : `a GPU ${gpu.name} for each job`;
  return `${name}${profile === null ? ', since no profile says otherwise' : ''}: ${device}`;
}

function checkText(checked: ToolCheck): string {
  switch (checked.kind) {
    case 'none':
      return 'no tool can say: it is opened, or its own tool looks at it when it is submitted';
    case 'missing':
      return `not yet: ${checked.tool} is not installed here`;
    case 'unreachable':
      return 'not checked: no cluster is reachable';
    case 'passed':
      return `${checked.command} takes it`;
    case 'failed':
      return `${checked.command} says: ${checked.text.replace(/\s*\n\s*/g, ' | ')}`;
  }
}

function forTerminal(lines: readonly string[], terminal: Terminal): string {
  const text = lines.join('\n');
  return terminal.unicode ? text : text.split('\n').map(toAscii).join('\n');
}
