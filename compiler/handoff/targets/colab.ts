import { type NotebookCell, notebook } from '../notebook.ts';
import { isAbsolute, joined, mountedBase } from '../paths.ts';
import { type HandoffJob, type Target, workCommand } from '../target.ts';

/** A notebook for Google Colab; beside it the folder, in Google Drive, where the runs outlive the session. */
export const colab: Target = {
  title: 'Colab',
  summary: 'a notebook for Google Colab, with the runs in Google Drive',
  families: ['colab'],
  tool: null,
  jobFile: 'train.ipynb',
  options: {
    drive: { fallback: 'exp', doc: 'the folder of My Drive that the hand-off is put into', example: 'projects/exp' },
  },
  cacheFolder: null,
  parts: () => 1,
  files: (job) => [{ path: 'train.ipynb', text: notebook(cells(job), metadata(job)) }],
  commands: (job) => ({
    prepare: [`# copy this folder into Google Drive, as My Drive/${driveFolder(job)}`],
    submit: ['# open its train.ipynb with Colab, choose the GPU under Runtime, and Runtime > Run all'],
    status: '# the output of the notebook',
    logs: '# the output of the notebook',
    fetch: `# copy the folder runs of My Drive/${driveFolder(job)} into this one`,
    check: null,
  }),
  data: (job) => (job.data === null ? besideTheNotebook(job) : `They are looked for in \`${job.data}\`.`),
  preemption: [
    'Colab ends sessions after some hours, and at once when it needs the GPU. The runs lie in Google Drive: open the notebook again,',
    '*Run all*, and they go on from the last checkpoint. Ticking boxes and closing the browser count as being away.',
  ].join('\n'),
  variables:
    'Enter them under *Secrets* (the key on the left) and allow this notebook to read them. Elsewhere, export them.',
};

/** Each input where the notebook looks for it: a base called `data` has the data of `data/organ` in `data/data/organ`. */
function besideTheNotebook({ baseDir, inputs }: HandoffJob): string {
  const base = mountedBase('data', baseDir, inputs);
  const places = inputs.filter((path) => !isAbsolute(path)).map((path) => `\`${joined(base, path)}\``);
  return `Copy them into this folder, beside the notebook, which looks for ${places.join(', ')}.`;
}

function driveFolder({ options, id }: HandoffJob): string {
  return `${options.drive ?? 'exp'}/${id}`;
}

/** Types that Colab knows by this name; of others one chooses by hand. */
const COLAB_GPUS: ReadonlySet<string> = new Set(['T4', 'L4', 'V100', 'A100', 'H100']);

function metadata({ environment: { gpu } }: HandoffJob): Readonly<Record<string, unknown>> {
  if (gpu === null) return { colab: { provenance: [] } };
  const type = COLAB_GPUS.has(gpu.name) ? { gpuType: gpu.name } : {};
  return { accelerator: 'GPU', colab: { provenance: [], ...type } };
}

function cells(job: HandoffJob): readonly NotebookCell[] {
  const { experiment, id, runs, outlook, environment } = job;
  return [
    markdown(
      `# ${experiment}`,
      '',
      `\`${id}\`: ${runs === 1 ? 'one run' : `${runs} runs`} for \`${environment.name}\`, written by \`exp submit\`. *Run all* sets up and trains;`,
      'when the session has ended, open it again and *Run all*: it goes on from the last checkpoint.',
      '',
      ...outlook.map((line) => `- ${line}`),
    ),
    code(...placeLines(job)),
    ...(job.variables.length === 0 ? [] : [code(...variableLines(job))]),
    markdown('## Set up', '', 'Node, exp and TensorFlow, once a session.'),
    code("run('bash setup.sh')"),
    ...(environment.gpu === null ? [] : [code("run('exp doctor --require-gpu')")]),
    markdown('## Train', '', 'The interrupt button stops after the step, with a checkpoint.'),
    code(`run(${python(workCommand('1/1', '"$EXP_DATA"'))}, fine=(0, 3))`),
    markdown('## What came of it'),
    code(`run(${python(`exp show ${id}`)})`),
  ];
}

/** Runs go to Drive; what is set up goes to the session's own disk, which is faster and knows links. */
function placeLines(job: HandoffJob): readonly string[] {
  const data =
    job.data === null
      ? `DRIVE / ${python(mountedBase('data', job.baseDir, job.inputs))}`
      : `pathlib.Path(${python(job.data)})`;
  return [
    'import os, pathlib, shutil, signal, subprocess',
    '',
    'try:',
    '    from google.colab import drive, userdata',
    'except ImportError:  # not on Colab: the notebook lies in its folder',
    '    userdata = None',
    '    DRIVE = HERE = pathlib.Path.cwd()',
    'else:',
    "    drive.mount('/content/drive')",
    `    DRIVE = pathlib.Path('/content/drive/MyDrive') / ${python(driveFolder(job))}`,
    `    HERE = pathlib.Path('/content') / ${python(job.id)}`,
    "assert (DRIVE / 'handoff.json').exists(), f'copy the hand-off folder to {DRIVE}'",
    '',
    'if HERE != DRIVE:',
    "    (DRIVE / 'runs').mkdir(exist_ok=True)",
    "    shutil.copytree(DRIVE, HERE, dirs_exist_ok=True, ignore=shutil.ignore_patterns('runs', 'tools', 'data'))",
    "    if not (HERE / 'runs').exists():",
    "        (HERE / 'runs').symlink_to(DRIVE / 'runs')",
    '',
    '# The folder that the paths of the experiment start from.',
    `DATA = ${data}`,
    'DATA.mkdir(parents=True, exist_ok=True)',
    "os.environ['EXP_DATA'] = str(DATA)",
    ...inputChecks(job),
    '',
    'def run(command, fine=(0,)):',
    '    """Runs a command of the shell, with exp on its path, and shows what it prints."""',
    "    job = subprocess.Popen(['bash', '-c', f'. ./env.sh; exec {command}'], cwd=HERE, text=True,",
    '                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)',
    '    while True:',
    '        try:',
    '            for line in job.stdout:',
    "                print(line, end='', flush=True)",
    '            code = job.wait()',
    '            break',
    '        except KeyboardInterrupt:',
    '            job.send_signal(signal.SIGINT)',
    "    assert code in fine, f'{command} ended with {code}'",
  ];
}

function inputChecks({ inputs }: HandoffJob): readonly string[] {
  if (inputs.length === 0) return [];
  return [`for path in ${python(inputs)}:`, "    assert (DATA / path).exists(), f'the data is missing: {DATA / path}'"];
}

function variableLines({ variables }: HandoffJob): readonly string[] {
  return [
    `for name in ${python(variables.map(({ name }) => name))}:`,
    '    if userdata is not None:',
    '        os.environ[name] = userdata.get(name)',
    "    assert os.environ.get(name), f'{name} is not set'",
  ];
}

/** JSON's strings and lists of strings are Python's. */
function python(value: string | readonly string[]): string {
  return JSON.stringify(value);
}

function markdown(...lines: readonly string[]): NotebookCell {
  return { kind: 'markdown', source: lines.join('\n') };
}

function code(...lines: readonly string[]): NotebookCell {
  return { kind: 'code', source: lines.join('\n') };
}
