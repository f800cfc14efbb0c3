import { resourceName } from '../names.ts';
import { isAbsolute, joined, mountedBase } from '../paths.ts';
import { script } from '../shell.ts';
import { type HandoffJob, type Target, workCommand } from '../target.ts';
import { type YamlMap, yamlDocument } from '../yaml.ts';

/** A managed job on whichever cloud has the GPU, on spot machines: `sky jobs launch task.yaml`. */
export const skypilot: Target = {
  title: 'SkyPilot',
  summary: 'a task for managed jobs on any cloud, spot machines first',
  families: ['aws', 'gcp', 'azure', 'lambda', 'runpod'],
  tool: 'sky',
  jobFile: 'task.yaml',
  options: {
    infra: {
      fallback: null,
      doc: 'where: a cloud, or cloud/region; the environment’s cloud otherwise',
      example: 'aws/us-east-1',
    },
    spot: { fallback: 'yes', doc: 'spot machines: cheaper, and taken away at times; yes or no', example: 'no' },
    disk: { fallback: '100', doc: 'disk of the machine in GB', example: '256' },
    max_hourly_cost: { fallback: null, doc: 'no machine that costs more dollars an hour', example: '1.50' },
    store: {
      fallback: null,
      doc: 'where the bucket for the runs is: s3, gcs or azure; that of the cloud otherwise',
      example: 'gcs',
    },
  },
  cacheFolder: null,
  parts: (runs, jobs) => Math.min(runs, jobs ?? 1),
  files: (job) => [
    { path: 'task.yaml', text: `${header(job)}${yamlDocument(task(job))}` },
    // With it SkyPilot does not mind the .gitignore of a project that the folder lies in.
    { path: '.skyignore', text: '/runs\n/logs\n/tools\n' },
  ],
  commands: (job) => ({
    prepare: [],
    submit: Array.from({ length: job.parts }, (_, index) => launch(job, `${index + 1}/${job.parts}`)),
    status: 'sky jobs queue',
    logs: `sky jobs logs --name ${resourceName(job.id, NAME_LIMIT)}`,
    fetch: FETCH[storeOf(job)](resourceName(job.id, BUCKET_LIMIT)),
    check: ['sky', 'launch', '--dryrun', '--yes', 'task.yaml'],
  }),
  data: ({ data }) =>
    data === null
      ? 'SkyPilot uploads them from this machine (`file_mounts` of `task.yaml`). For a large data set, put it into a bucket and name that: `exp submit --data s3://bucket/folder`.'
      : `They come from \`${data}\`, mounted as \`${DATA}\`.`,
  preemption: [
    'The runs lie in a bucket that the machine mounts. When a spot machine is taken away, SkyPilot starts another one, also in',
    'another region, mounts the bucket there and starts the job again, which goes on from the last checkpoint. What the lost',
    'machine had computed since then is computed again; `checkpoint: every 10 minutes` in the `.exp` file bounds it.',
  ].join('\n'),
  variables:
    'Export them in the shell that calls `sky`: `--secret NAME` hands its value over, and SkyPilot hides it from logs.',
};

const NAME_LIMIT = 50;
const BUCKET_LIMIT = 63;
const RUNS = '/exp-runs';
const DATA = '/exp-data';

type Store = 's3' | 'gcs' | 'azure';

/** The bucket of the cloud that the machine is on: no traffic between clouds. */
const STORES: Readonly<Record<string, Store>> = { aws: 's3', gcp: 'gcs', azure: 'azure' };

const FETCH: Readonly<Record<Store, (bucket: string) => string>> = {
  s3: (bucket) => `aws s3 sync s3://${bucket} runs`,
  gcs: (bucket) => `gcloud storage rsync --recursive gs://${bucket} runs`,
  azure: (bucket) => `az storage blob download-batch --overwrite --source ${bucket} --destination runs`,
};

/** The catalogue's environments begin with the cloud that they are of. */
const CLOUDS: ReadonlySet<string> = new Set(['aws', 'gcp', 'azure', 'runpod', 'lambda']);

function infraOf({ options, environment }: HandoffJob): string | null {
  const [cloud = ''] = environment.name.split('.');
  return options.infra ?? (CLOUDS.has(cloud) ? cloud : null);
}

function storeOf(job: HandoffJob): Store {
  const { store } = job.options;
  if (store === 's3' || store === 'gcs' || store === 'azure') return store;
  return STORES[infraOf(job)?.split('/')[0] ?? ''] ?? 's3';
}

function launch(job: HandoffJob, part: string): string {
  const secrets = job.variables.map(({ name }) => ` --secret ${name}`).join('');
  const own = job.parts === 1 ? '' : ` --env EXP_PART=${part}`;
  return `sky jobs launch --yes --detach-run${secrets}${own} task.yaml`;
}

function header({ id }: HandoffJob): string {
  return `# ${id}: hand it over in this folder, as README.md shows.\n`;
}

function task(job: HandoffJob): YamlMap {
  const { id, variables, data, baseDir, inputs, environment } = job;
  const base = mountedBase(DATA, baseDir, inputs);
  return {
    name: resourceName(id, NAME_LIMIT),
    workdir: '.',
    num_nodes: 1,
    resources: resources(job),
    envs: { EXP_PART: `1/${job.parts}`, EXP_DATA: base },
    secrets: variables.length === 0 ? undefined : Object.fromEntries(variables.map(({ name }) => [name, null])),
    file_mounts: {
      // Cached: a record that grows line by line is more than a plain mount of a bucket can take.
      [RUNS]: { name: resourceName(id, BUCKET_LIMIT), store: storeOf(job), mode: 'MOUNT_CACHED' },
      ...(data === null ? uploads(base, baseDir, inputs) : inputs.length === 0 ? {} : { [DATA]: data }),
    },
    setup: script('set -e', 'bash setup.sh'),
    run: script(
      'set -e',
      '. ./env.sh',
      environment.gpu === null ? null : 'exp doctor --require-gpu',
      `mkdir -p "$EXP_DATA" && rm -rf runs && ln -s ${RUNS} runs`,
      workCommand('"$EXP_PART"', '"$EXP_DATA"'),
    ),
  };
}

/** From this machine to where the plan looks for them. */
function uploads(base: string, baseDir: string, inputs: readonly string[]): YamlMap {
  return Object.fromEntries(
    inputs.map((input) => [joined(base, input), isAbsolute(input) ? input : joined(baseDir, input)]),
  );
}

function resources(job: HandoffJob): YamlMap {
  const { environment, options, share } = job;
  const { gpu } = environment;
  const infra = infraOf(job);
  return {
    infra: infra ?? undefined,
    accelerators: gpu === null ? undefined : `${acceleratorName(gpu)}:1`,
    cpus: gpu !== null || share.cpus === null ? undefined : `${share.cpus}+`,
    memory: gpu !== null || share.memoryBytes === null ? undefined : `${Math.ceil(share.memoryBytes / 1e9)}+`,
    use_spot: options.spot !== 'no',
    disk_size: Number(options.disk ?? 100),
    max_hourly_cost: options.max_hourly_cost == null ? undefined : Number(options.max_hourly_cost),
    // 130 says that a run was told to stop and has more to do; a run that fails is not tried again.
    job_recovery: { max_restarts_on_errors: 0, recover_on_exit_codes: [130] },
  };
}

const LARGE_A100_BYTES = 60e9;

/** As SkyPilot's catalogue has them. */
function acceleratorName({ name, memoryBytes }: NonNullable<HandoffJob['environment']['gpu']>): string {
  if (name === 'A100' && memoryBytes > LARGE_A100_BYTES) return 'A100-80GB';
  return name.replace(/^RTX-/, 'RTX');
}
