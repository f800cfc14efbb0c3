import { resourceName } from '../names.ts';
import { mountedBase } from '../paths.ts';
import { script } from '../shell.ts';
import { type HandoffJob, type Target, workCommand } from '../target.ts';
import { type YamlMap, yamlDocument } from '../yaml.ts';

/** An Indexed Job, an index for each part, on a claim that all pods see: `kubectl apply -f job.yaml`. */
export const kubernetes: Target = {
  title: 'Kubernetes',
  summary: 'an Indexed Job on a shared volume',
  families: ['aws', 'gcp', 'azure'],
  tool: 'kubectl',
  jobFile: 'job.yaml',
  options: {
    namespace: { fallback: null, doc: 'the namespace; kubectl’s own otherwise', example: 'research' },
    image: {
      fallback: 'python:3.11-bookworm',
      doc: 'an image with Python and pip and a C++ compiler; Node and the rest come with setup.sh',
      example: 'registry.example.org/exp:1',
    },
    claim: {
      fallback: null,
      doc: 'a volume claim that is there, for folder and runs; else one is made',
      example: 'scratch',
    },
    size: { fallback: '50Gi', doc: 'how large a claim that is made', example: '200Gi' },
    access: {
      fallback: 'ReadWriteMany',
      doc: 'how it may be mounted; ReadWriteOnce does where all pods are on one node',
      example: 'ReadWriteOnce',
    },
    class: { fallback: null, doc: 'its storage class; the cluster’s default otherwise', example: 'nfs' },
    cpu: { fallback: null, doc: 'cores of a pod; its share of the environment’s otherwise', example: '8' },
    memory: { fallback: null, doc: 'memory of a pod; its share of the environment’s otherwise', example: '32Gi' },
    retries: {
      fallback: '20',
      doc: 'how often an index is started again after it was taken off its node',
      example: '50',
    },
    node: { fallback: null, doc: 'a label that nodes must have, as name=value', example: 'gpu=a100' },
  },
  // The claim, since a pod's own files go with it.
  cacheFolder: '/exp/cache',
  parts: (runs) => Math.min(runs, MAX_COMPLETIONS),
  files: (job) => [
    { path: 'storage.yaml', text: storage(job).map(yamlDocument).join('---\n') },
    {
      path: 'job.yaml',
      text: `# ${job.id}: hand it over in this folder, as README.md shows.\n${yamlDocument(manifest(job))}`,
    },
  ],
  commands: (job) => {
    const name = nameOf(job);
    const kubectl = job.options.namespace == null ? 'kubectl' : `kubectl --namespace ${job.options.namespace}`;
    const secret = `${kubectl} create secret generic ${name} ${job.variables.map((each) => `--from-literal=${each.name}="$${each.name}"`).join(' ')}`;
    return {
      prepare: [
        `${kubectl} apply -f storage.yaml`,
        `${kubectl} wait --for=condition=Ready pod/${name}-files --timeout=300s`,
        `${kubectl} cp . ${name}-files:${folderOf(job)}`,
        ...(job.variables.length === 0 ? [] : [secret]),
      ],
      submit: [`${kubectl} apply -f job.yaml`],
      status: `${kubectl} get job,pods -l voxel-exp/handoff=${name}`,
      logs: `${kubectl} logs -l job-name=${name} --all-containers --prefix --tail=50`,
      fetch: `${kubectl} cp ${name}-files:${folderOf(job)}/runs runs`,
      check: ['kubectl', 'apply', '--dry-run=client', '-f', 'job.yaml'],
    };
  },
  data: (job) =>
    job.data === null
      ? `That is \`${dataFolder(job)}\` on the claim. Copy data there with \`kubectl cp\`, or name a claim that has it: \`exp submit --data CLAIM\`.`
      : `That is \`${dataFolder(job)}\`, where the claim \`${job.data}\` is mounted.`,
  preemption: [
    'Runs lie on the claim. A pod that is evicted or whose node is drained gets a `TERM` and 120 seconds: the trainer finishes its',
    'step and writes a checkpoint. A node that is lost says nothing. Either way the Job starts the index again, and it goes on from',
    'the last checkpoint; such disruptions do not count as failures (`podFailurePolicy`). A run that fails by itself is not',
    'started again. After all is collected, `kubectl delete -f job.yaml -f storage.yaml` removes pods and claim.',
  ].join('\n'),
  variables:
    'Export them in the shell that calls `kubectl create secret`, which the commands above do; pods read them from that secret.',
};

/** What one Indexed Job may have without its status growing too large. */
const MAX_COMPLETIONS = 10_000;
const NAME_LIMIT = 45;
const WORK = '/exp';
const DATA = '/data';
/** Longer than a step and a checkpoint take. */
const GRACE_SECONDS = 120;

function nameOf({ id }: HandoffJob): string {
  return resourceName(id, NAME_LIMIT);
}

/** On the claim, which may hold several hand-offs. */
function folderOf(job: HandoffJob): string {
  return `${WORK}/${nameOf(job)}`;
}

function dataFolder(job: HandoffJob): string {
  return mountedBase(job.data === null ? `${folderOf(job)}/data` : DATA, job.baseDir, job.inputs);
}

function metadata(job: HandoffJob, name: string): YamlMap {
  const labels = { 'app.kubernetes.io/name': 'voxel-exp', 'voxel-exp/handoff': nameOf(job) };
  return { name, namespace: job.options.namespace ?? undefined, labels };
}

/** The claim, where none was named, and a pod that takes files in and gives them out. */
function storage(job: HandoffJob): readonly YamlMap[] {
  const { options } = job;
  const name = nameOf(job);
  const claim: YamlMap = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata(job, name),
    spec: {
      accessModes: [options.access ?? 'ReadWriteMany'],
      storageClassName: options.class ?? undefined,
      resources: { requests: { storage: options.size ?? '50Gi' } },
    },
  };
  const pod: YamlMap = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(job, `${name}-files`),
    spec: {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'files',
          image: options.image ?? '',
          command: ['sleep', '604800'],
          volumeMounts: [{ name: 'work', mountPath: WORK }],
        },
      ],
      volumes: [workVolume(job)],
    },
  };
  return options.claim == null ? [claim, pod] : [pod];
}

function workVolume(job: HandoffJob): YamlMap {
  return { name: 'work', persistentVolumeClaim: { claimName: job.options.claim ?? nameOf(job) } };
}

function manifest(job: HandoffJob): YamlMap {
  const { parts, jobs, options, environment } = job;
  const [label, value] = options.node?.split('=') ?? [];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(job, nameOf(job)),
    spec: {
      completionMode: 'Indexed',
      completions: parts,
      parallelism: Math.min(parts, jobs ?? parts),
      backoffLimitPerIndex: Number(options.retries ?? 20),
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          { action: 'FailIndex', onExitCodes: { containerName: 'exp', operator: 'In', values: [1, 2, 3] } },
        ],
      },
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'voxel-exp', 'voxel-exp/handoff': nameOf(job) } },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: GRACE_SECONDS,
          nodeSelector: label === undefined || value === undefined ? undefined : { [label]: value },
          tolerations:
            environment.gpu === null
              ? undefined
              : [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
          initContainers: [container(job, 'setup', 'exec bash setup.sh', false)],
          containers: [container(job, 'exp', workScript(job), true)],
          volumes: [workVolume(job), ...dataVolumes(job)],
        },
      },
    },
  };
}

/** `exec`: the signal before an eviction goes to the first process of the container. */
function workScript({ parts, environment }: HandoffJob): string {
  return script(
    'set -e',
    '. ./env.sh',
    environment.gpu === null ? null : 'exp doctor --require-gpu',
    `exec ${workCommand(`"$((JOB_COMPLETION_INDEX + 1))/${parts}"`, '"$EXP_DATA"')}`,
  );
}

function container(job: HandoffJob, name: string, command: string, trains: boolean): YamlMap {
  const { options, share, environment, variables } = job;
  const requests: YamlMap = {
    cpu: options.cpu ?? share.cpus?.toString(),
    memory: options.memory ?? (share.memoryBytes === null ? undefined : `${Math.floor(share.memoryBytes / 2 ** 20)}Mi`),
  };
  const secrets = trains ? variables : [];
  return {
    name,
    image: options.image ?? '',
    workingDir: folderOf(job),
    command: ['bash', '-c', command],
    env: [
      { name: 'EXP_DATA', value: dataFolder(job) },
      ...secrets.map((each) => ({
        name: each.name,
        valueFrom: { secretKeyRef: { name: nameOf(job), key: each.name } },
      })),
    ],
    resources: trains
      ? {
          requests: Object.values(requests).every((each) => each === undefined) ? undefined : requests,
          limits: environment.gpu === null ? undefined : { 'nvidia.com/gpu': 1 },
        }
      : undefined,
    volumeMounts: [
      { name: 'work', mountPath: WORK },
      ...(job.data === null ? [] : [{ name: 'data', mountPath: DATA, readOnly: true }]),
    ],
  };
}

/** `--data CLAIM`: where the data lies already. Without it, data is copied into the folder's own `data`. */
function dataVolumes({ data }: HandoffJob): readonly YamlMap[] {
  return data === null ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: data, readOnly: true } }];
}
