import { isAbsolute, joined, mountedBase } from '../paths.ts';
import { quoted, script } from '../shell.ts';
import { type HandoffJob, type Target, workCommand } from '../target.ts';
import { type YamlMap, yamlDocument } from '../yaml.ts';

/** A command job of Azure Machine Learning: `az ml job create --file job.yml`. */
export const azureml: Target = {
  title: 'Azure ML',
  summary: 'a command job of Azure Machine Learning',
  families: ['azure'],
  tool: 'az',
  jobFile: 'job.yml',
  options: {
    compute: { fallback: null, required: true, doc: 'the compute cluster of the workspace', example: 'gpu-cluster' },
    image: {
      fallback: 'python:3.11-bookworm',
      doc: 'an image with Python and pip and a C++ compiler; Node and the rest come with setup.sh',
      example: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04',
    },
    datastore: {
      fallback: 'workspaceblobstore',
      doc: 'the datastore that the runs are written to',
      example: 'scratch',
    },
    time: { fallback: null, doc: 'after how many seconds Azure ends a job', example: '86400' },
  },
  cacheFolder: null,
  parts: (runs, jobs) => Math.min(runs, jobs ?? 1),
  files: (job) => [
    {
      path: 'job.yml',
      text: `# ${job.id}: hand it over in this folder, as README.md shows.\n${yamlDocument(commandJob(job))}`,
    },
    { path: '.amlignore', text: '/runs\n/logs\n/tools\n' },
  ],
  commands: (job) => ({
    prepare: [],
    submit: Array.from({ length: job.parts }, (_, index) => create(job, `${index + 1}/${job.parts}`)),
    status: `az ml job list --output table --query "[?experiment_name=='${job.experiment}']"`,
    logs: 'az ml job stream --name JOB',
    fetch:
      'az ml job download --name JOB --output-name runs --download-path .azure && cp -r .azure/named-outputs/runs .',
    check: null,
  }),
  data: ({ data }) =>
    data === null
      ? 'Azure ML uploads them from this machine (`inputs` of `job.yml`). For a large data set, name a datastore’s folder or a data asset: `exp submit --data azureml:organ:1`.'
      : `They come from \`${data}\`.`,
  preemption: [
    'The runs are written to a datastore that the job mounts. When a low-priority node is taken away, Azure ML starts the job again',
    'with the same folder, and it goes on from the last checkpoint. A job that reaches its limit ends; submit it again and it goes on.',
  ].join('\n'),
  variables:
    'Export them in the shell that calls `az`: the commands above hand their values over as variables of the job, which everybody who may read the workspace’s jobs can see. For secrets that others must not see, use a token that is good for this job alone.',
};

const BASE = '/tmp/exp-data';

function runsFolder({ id }: HandoffJob): string {
  return `exp/${id}/runs`;
}

function create({ parts, variables }: HandoffJob, part: string): string {
  const values = [
    ...(parts === 1 ? [] : [` environment_variables.EXP_PART=${part}`]),
    ...variables.map(({ name }) => ` environment_variables.${name}="$${name}"`),
  ];
  return `az ml job create --file job.yml${values.length === 0 ? '' : ` --set${values.join('')}`}`;
}

function commandJob(job: HandoffJob): YamlMap {
  const { id, experiment, options, parts, environment, inputs, baseDir } = job;
  const base = mountedBase(BASE, baseDir, inputs);
  const mounts = mountsOf(job, base);
  return {
    $schema: 'https://azuremlschemas.azureedge.net/latest/commandJob.schema.json',
    type: 'command',
    display_name: id,
    experiment_name: experiment,
    code: '.',
    environment: { image: options.image ?? '' },
    compute: `azureml:${options.compute ?? ''}`,
    resources: { instance_count: 1 },
    limits: options.time == null ? undefined : { timeout: Number(options.time) },
    environment_variables: { EXP_PART: `1/${parts}`, EXP_DATA: base },
    inputs:
      mounts.length === 0
        ? undefined
        : Object.fromEntries(mounts.map(({ name, path, type }) => [name, { type, path, mode: 'ro_mount' }])),
    outputs: {
      runs: {
        type: 'uri_folder',
        path: `azureml://datastores/${options.datastore ?? ''}/paths/${runsFolder(job)}`,
        mode: 'rw_mount',
      },
    },
    command: script(
      'set -e',
      ...mounts.map(
        ({ name, at }) => `mkdir -p "$(dirname ${quoted(at)})" && ln -sfn "\${{inputs.${name}}}" ${quoted(at)}`,
      ),
      'mkdir -p "$EXP_DATA"',
      'rm -rf runs && ln -s "${{outputs.runs}}" runs',
      'bash setup.sh',
      '. ./env.sh',
      environment.gpu === null ? null : 'exp doctor --require-gpu',
      workCommand('"$EXP_PART"', '"$EXP_DATA"'),
    ),
  };
}

interface Mount {
  readonly name: string;
  readonly type: 'uri_folder' | 'uri_file';
  readonly path: string;
  /** Where the plan looks for it in the job. */
  readonly at: string;
}

/** What `--data` names as a whole, or each path that the plans read, uploaded from here. */
function mountsOf({ data, inputs, baseDir }: HandoffJob, base: string): readonly Mount[] {
  if (inputs.length === 0) return [];
  if (data !== null) return [{ name: 'data', type: 'uri_folder', path: data, at: BASE }];
  return inputs.map((input, index) => ({
    name: `data_${index + 1}`,
    type: WEIGHTS.test(input) ? 'uri_file' : 'uri_folder',
    path: isAbsolute(input) ? input : joined(baseDir, input),
    at: isAbsolute(input) ? input : joined(base, input),
  }));
}

/** Inputs are data sets, which are folders, and files of weights. */
const WEIGHTS = /\.(?:safetensors|pt|pth|ckpt|bin)$/;
