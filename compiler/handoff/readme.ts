import { isAbsolute } from './paths.ts';
import type { HandoffJob, Target, TargetCommands } from './target.ts';

/** README.md of a hand-off folder: what it is, the three commands, and what happens when something comes between. */
export function readme(job: HandoffJob, target: Target, commands: TargetCommands): string {
  const { experiment, profile, environment, runs, parts } = job;
  const what = runs === 1 ? 'one run' : `${runs} runs${parts === runs ? '' : `, dealt out over ${parts} jobs`}`;
  return [
    `# ${experiment} on ${target.title}`,
    '',
    `\`${job.id}\`: ${what}${profile === null ? '' : ` under the profile \`${profile}\``}, for the environment`,
    `\`${environment.name}\`. Everything that the jobs need lies in this folder, apart from the data. It was written by \`exp submit\`;`,
    'the plans in it are fixed, the scripts are yours to change.',
    '',
    ...job.outlook.map((line) => `- ${line}`),
    '',
    '## The commands',
    '',
    '```sh',
    ...steps(commands),
    '```',
    '',
    `How it stands: \`exp submit status FOLDER\`, or ${howTo(commands.status)}. What it prints: \`exp submit logs FOLDER\`, or`,
    `${howTo(commands.logs)}. Collecting can be repeated at any time; it brings home what is new.`,
    '',
    '## Data',
    '',
    ...dataLines(job, target),
    '',
    '## Variables',
    '',
    ...variableLines(job, target),
    '',
    '## When a job is interrupted',
    '',
    target.preemption,
    '',
    '## What lies here',
    '',
    ...fileLines(job, target),
    '',
  ].join('\n');
}

/** What stands as a remark among commands is none. */
function howTo(command: string): string {
  return command.startsWith('# ') ? command.slice(2) : `\`${command}\``;
}

function steps({ prepare, submit, fetch }: TargetCommands): readonly string[] {
  return [
    ...numbered(1, 'set up, once', prepare),
    ...numbered(prepare.length === 0 ? 1 : 2, 'submit', submit),
    ...numbered(prepare.length === 0 ? 2 : 3, 'bring the runs home', [
      ...(fetch === null ? [] : [fetch]),
      'exp submit collect .',
    ]),
  ];
}

function numbered(number: number, what: string, commands: readonly string[]): readonly string[] {
  return commands.length === 0 ? [] : [`# ${number}. ${what}`, ...commands];
}

function dataLines(job: HandoffJob, target: Target): readonly string[] {
  const { inputs } = job;
  if (inputs.length === 0) return ['None is needed: the runs make their own phantoms.'];
  if (inputs.every((input) => isAbsolute(input)))
    return [
      'The runs read, by absolute paths that have to be the same there:',
      '',
      ...inputs.map((input) => `- \`${input}\``),
    ];
  return [
    'The runs read, relative to the folder that `EXP_DATA` names in the job:',
    '',
    ...inputs.map(
      (input) => `- \`${input}\`${isAbsolute(input) ? ' (an absolute path, which has to be the same there)' : ''}`,
    ),
    '',
    target.data(job),
  ];
}

function variableLines({ variables }: HandoffJob, { variables: how }: Target): readonly string[] {
  if (variables.length === 0) return ['None is needed.'];
  return [
    'Only names are written here; values never are.',
    '',
    ...variables.map(({ name, secret }) => `- \`${name}\`${secret ? ', a secret' : ''}`),
    '',
    how,
  ];
}

function fileLines({ exp, runs }: HandoffJob, target: Target): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    [target.jobFile, `what ${target.title} is handed`],
    ['setup.sh, env.sh', 'set up exp and its engine'],
    [
      'plan/',
      `the plan${runs === 1 ? '' : 's of all runs'} and the \`.exp\` files behind ${runs === 1 ? 'it' : 'them'}`,
    ],
    ['handoff.json', 'what this folder is, for exp'],
    exp.kind === 'package' ? [exp.file, 'exp itself'] : ['bin/exp', `calls \`${exp.command}\``],
    ['runs/', 'made by the jobs: a folder for each run, as `exp run` makes it'],
  ];
  return ['| file | |', '| --- | --- |', ...rows.map(([file, text]) => `| \`${file}\` | ${text} |`)];
}
