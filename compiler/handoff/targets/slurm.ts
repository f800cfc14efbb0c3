import { demand, quoted, script } from '../shell.ts';
import type { HandoffJob, Target } from '../target.ts';
import { workCommand } from '../target.ts';

/** SLURM's own default for MaxArraySize is 1001, and indices start from 1 here: of more runs, each job takes several. */
const MAX_ARRAY = 1000;

/** A batch job, an array for several: `sbatch job.sh` in the folder, which lies where all nodes see it. */
export const slurm: Target = {
  title: 'SLURM',
  summary: 'a batch script for sbatch, an array for several runs',
  families: ['slurm'],
  tool: 'sbatch',
  jobFile: 'job.sh',
  options: {
    partition: { fallback: null, doc: 'the partition; the environment’s otherwise', example: 'gpu' },
    account: { fallback: null, doc: 'the account that is charged; the environment’s otherwise', example: 'radiology' },
    qos: { fallback: null, doc: 'the quality of service', example: 'long' },
    time: { fallback: null, doc: 'the time limit of a job; the partition’s otherwise', example: '08:00:00' },
    notice: {
      fallback: '120',
      doc: 'seconds before the time limit at which a job is told to save itself',
      example: '300',
    },
    gres: {
      fallback: null,
      doc: 'the GPU that a job asks for; gpu:1 where the environment has one',
      example: 'gpu:a100:1',
    },
    cpus: { fallback: null, doc: 'cores of a job; its share of the environment’s otherwise', example: '8' },
    mem: { fallback: null, doc: 'memory of a job; its share of the environment’s otherwise', example: '64G' },
    constraint: { fallback: null, doc: 'features that the node must have', example: 'a100' },
    modules: { fallback: null, doc: 'environment modules to load first', example: 'nodejs/20,python/3.11' },
  },
  cacheFolder: null,
  parts: (runs) => Math.min(runs, MAX_ARRAY),
  files: (job) => [{ path: 'job.sh', text: jobScript(job), executable: true }],
  commands: (job) => ({
    prepare: [`EXP_DATA=${quoted(job.data ?? job.baseDir)} bash setup.sh`],
    submit: ['sbatch job.sh'],
    status: `squeue --name=${job.id}`,
    logs: 'tail -n 50 logs/*.out',
    fetch: null,
    check: ['sbatch', '--test-only', 'job.sh'],
  }),
  data: ({ data, baseDir }) =>
    `That is \`${data ?? baseDir}\`, which all nodes have to see. It stands in \`job.sh\`; \`exp submit --data FOLDER\` writes another.`,
  preemption: [
    'A job that is preempted, requeued by hand (`scontrol requeue JOB`) or loses its node goes back into the queue',
    '(`--requeue`). Before its time limit SLURM sends `USR2`: the trainer finishes its step, writes a checkpoint and ends, and',
    'the script puts the job into the queue again. Either way the run goes on from its last checkpoint and ends with the',
    'weights of an undisturbed one, to the bit. A run that fails is not started again by itself.',
  ].join('\n'),
  variables:
    'Export them in the shell that calls `sbatch`: SLURM hands that shell’s environment on to the job, and keeps it when the job is requeued.',
};

function jobScript(job: HandoffJob): string {
  return script(
    '#!/bin/bash',
    ...directives(job).map((line) => `#SBATCH ${line}`),
    '',
    `# ${job.id}: submit it in the folder that it lies in, with \`sbatch job.sh\`.`,
    'set -euo pipefail',
    'cd "${SLURM_SUBMIT_DIR:-.}"',
    '[ -f handoff.json ] || { echo "submit this job in its own folder: cd FOLDER && sbatch job.sh" >&2; exit 1; }',
    'HANDOFF="$PWD"',
    '. ./env.sh',
    '',
    '# The folder that the paths of the experiment start from, as the nodes see it.',
    `export EXP_DATA=${quoted(job.data ?? job.baseDir)}`,
    ...job.variables.map(({ name }) => demand(name, 'set it in the shell that calls sbatch')),
    '',
    'export SRUN_CPUS_PER_TASK="${SLURM_CPUS_PER_TASK:-1}"',
    job.parts === 1 ? 'part=1/1' : `part="$SLURM_ARRAY_TASK_ID/${job.parts}"`,
    job.parts === 1 ? 'me="$SLURM_JOB_ID"' : 'me="${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"',
    ...(job.environment.gpu === null ? [] : ['exp doctor --require-gpu']),
    '',
    '# With srun the signal before the time limit reaches exp: it ends with a checkpoint and with 130, and there is more to do.',
    'code=0',
    `srun --ntasks=1 ${workCommand('"$part"', '"$EXP_DATA"')} || code=$?`,
    'if [ "$code" -eq 130 ]; then',
    '  echo "stopped with a checkpoint; back into the queue"',
    '  scontrol requeue "$me"',
    'fi',
    'exit "$code"',
  );
}

function directives(job: HandoffJob): readonly string[] {
  const { options, environment, share } = job;
  const { scheduler } = environment;
  const gres = options.gres ?? (environment.gpu === null ? null : 'gpu:1');
  const cpus = options.cpus ?? share.cpus?.toString() ?? null;
  const mem = options.mem ?? (share.memoryBytes === null ? null : `${Math.floor(share.memoryBytes / 2 ** 20)}M`);
  const given = (name: string, value: string | null | undefined) =>
    value === null || value === undefined ? [] : [`--${name}=${value}`];
  return [
    `--job-name=${job.id}`,
    ...(job.parts === 1 ? [] : [`--array=1-${job.parts}${job.jobs === null ? '' : `%${job.jobs}`}`]),
    '--nodes=1',
    '--ntasks=1',
    ...given('cpus-per-task', cpus),
    ...given('mem', mem),
    ...given('gres', gres),
    ...given('partition', options.partition ?? scheduler?.partition),
    ...given('account', options.account ?? scheduler?.account),
    ...given('qos', options.qos),
    ...given('constraint', options.constraint),
    ...given('time', options.time),
    `--output=logs/${job.parts === 1 ? '%j' : '%A_%a'}.out`,
    '--open-mode=append',
    '--requeue',
    `--signal=USR2@${options.notice ?? '120'}`,
  ];
}
