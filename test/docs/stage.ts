import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { readEvents } from '../../runtime/events/read.ts';
import { askTrainer } from '../../runtime/run/control.ts';
import { liveOwner } from '../../runtime/run/lock.ts';
import { type CliResult, temporaryFolder } from '../helpers/cli.ts';
import { asDecathlon } from '../helpers/decathlon.ts';
import { bareEngineCache } from '../helpers/engine-cache.ts';
import { foreignRun } from '../helpers/foreign-run.ts';
import { MlflowServer } from '../helpers/mlflow-server.ts';
import { repositoryRoot } from '../helpers/python.ts';
import { Shell, type Typed } from '../helpers/shell.ts';
import { PLACES } from '../helpers/stand-ins.ts';

/** What the pages' commands are typed on: their data sets as phantoms, their experiments made small, an MLflow server. */

const ORGAN = `import "lab.exp"
experiment organ {
  dataset bids("data/organ") { image: "T1w"  label: "desc-manual_dseg"  split: 34% / 33% / 33% }
  model SegResNet { out_channels: 3  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: 1 }
  metrics: [dice]
  predict: none
  track: mlflow(experiment: "organ")
  profile lab on lab.a100 { batch_size: 1  workers: 1 }
}
`;
/** Long enough to be stopped, short enough to be resumed to its end. */
const lasting = (epochs: number) =>
  ORGAN.replace('epochs: 1 ', `epochs: ${epochs}  validate: every 40 epochs  checkpoint: every 40 epochs `);
const FILES = {
  'organ.exp': ORGAN,
  'sweep.exp': ORGAN.replace('  track:', '  sweep { optimizer.learning_rate: [1e-4, 1e-3] }\n  track:'),
  'long.exp': lasting(40),
  'longer.exp': lasting(44),
  'costly.exp': ORGAN.replace('epochs: 1 ', 'epochs: 2 ').replace('  track:', '  budget: 1s\n  track:'),
  'lab.exp': 'environment lab.a100 { cpu: 2 cores  memory: 16GB  scheduler: slurm(partition: "gpu")  price: $0/h }\n',
};
/** Where the pages have data sets, and how many subjects are enough there. */
const DATA = { 'data/organ': 4, 'data/new-subjects': 1, 'data/other-hospital': 2, 'experiments/data/organ': 6 };
const IMAGE = 'sub-001/anat/sub-001_T1w.nii.gz';

/** Programs that are not here: those that take jobs, and a browser. */
const ABSENT = { ...PLACES, 'xdg-open': '' };
/** What the shells do with completions: bash and zsh note them by these commands, fish reads them from its input. */
const COMPLETING = 'complete() { echo "complete $*"; }; compdef() { echo "compdef $*"; }; source() { cat; }; ';

/** One epoch of a little network on little patches, untracked and held to nothing. */
function madeSmall(experiment: string): string {
  return experiment
    .replaceAll(/epochs: \d+/g, 'epochs: 1')
    .replaceAll(/warmup: \d+ epochs?/g, 'warmup: 0 epochs')
    .replaceAll(/^ *(validate|early_stop|checkpoint|track|predict): .*\n/gm, '')
    .replaceAll(/^( *)metrics: .*$/gm, '$1metrics: [dice]\n$1predict: none')
    .replaceAll(/patch: (\d+)x\d+x\d+/g, (_, size) => `patch: ${size === '96' ? '64x32x32' : '32x32x32'}`)
    .replaceAll(/feature_size: \d+/g, 'feature_size: 12')
    .replaceAll(/init_filters: \d+/g, 'init_filters: 8')
    .replaceAll(/(expect val\.dice >=) [\d.]+/g, '$1 0')
    .replaceAll('phantom(subjects: 12, size: 48)', 'phantom(subjects: 6, size: 32)');
}

interface Listed {
  readonly id: string;
  readonly kind: 'run' | 'matrix';
  readonly experiment: string;
}

export class Stage {
  readonly folder = temporaryFolder(FILES);
  /** Variables for a cache without an engine. */
  bareCache: NodeJS.ProcessEnv = {};
  readonly #server: MlflowServer;
  readonly #shell: Shell;
  /** What the pages call things, and what those are called here. */
  readonly #names = new Map<string, string>();
  /** Runs that wait, or were stopped since. */
  readonly #begun: string[] = [];

  private constructor(server: MlflowServer) {
    this.#server = server;
    const env = {
      MLFLOW_TRACKING_URI: server.uri,
      HIPPOCAMPUS_ROOT: join(this.folder, 'data/organ'),
      EXP_CONFIG_DIR: join(this.folder, 'config'),
    };
    this.#shell = new Shell(this.folder, env, ABSENT);
    this.call('http://localhost:5000', server.uri);
  }

  static async open(): Promise<Stage> {
    const server = await MlflowServer.create();
    const stage = new Stage(server);
    const healthy = server.start();
    stage.#layOut();
    stage.bareCache = await bareEngineCache(stage.folder);
    await healthy;
    return stage;
  }

  async close(): Promise<void> {
    await this.#server.dispose();
  }

  #layOut(): void {
    const { folder } = this;
    for (const [data, subjects] of Object.entries(DATA))
      this.done(`exp data phantom ${data} --subjects ${subjects} --size 32`);
    asDecathlon(join(folder, 'data/organ'), join(folder, 'data/Task04_Hippocampus'));
    for (const name of ['scans', 'new']) mkdirSync(join(folder, name));
    for (const scan of ['scan.nii.gz', 'scans/first.nii.gz'])
      cpSync(join(folder, 'data/organ', IMAGE), join(folder, scan));
    symlinkSync('../data', join(folder, 'new/data'));
    for (const file of readdirSync(join(repositoryRoot, 'experiments')).filter((name) => name.endsWith('.exp')))
      this.#write(`experiments/${file}`, madeSmall(readFileSync(join(repositoryRoot, 'experiments', file), 'utf8')));
    cpSync(join(folder, 'experiments/swin.exp'), join(folder, 'swin.exp'));
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  edit(file: string, from: string, to: string): void {
    this.#write(file, readFileSync(join(this.folder, file), 'utf8').replace(from, to));
  }

  /** Types a line as a page has it, with the names that things have here. */
  type(line: string, options: Typed = {}): CliResult {
    return this.#shell.run(COMPLETING + this.#here(line), options);
  }

  /** What is typed beside the pages. @returns what it printed */
  done(line: string): string {
    const { exitCode, stdout, stderr } = this.type(line);
    expect([line, exitCode, stderr]).toEqual([line, 0, '']);
    return stdout;
  }

  #here(line: string): string {
    const placed = line.replaceAll(/(?<=[="])\/data\//g, `${this.folder}/data/`);
    return [...this.#names].reduce((text, [name, here]) => text.replaceAll(name, here), placed);
  }

  /** From now on a page's name means this. */
  call(name: string, here: string): void {
    this.#names.set(name, here);
  }

  /** The runs and sweeps here, newest first. */
  #listed(): readonly Listed[] {
    return JSON.parse(this.done('exp runs --json'));
  }

  #latest(experiment = /./): string {
    const found = this.#listed().find((each) => each.kind === 'run' && experiment.test(each.experiment));
    return found?.id ?? '';
  }

  callNewest(experiment: RegExp, name: string): void {
    this.call(name, this.#latest(experiment));
  }

  /** Weights of a SwinUNETR that came from elsewhere. */
  exportSwin(file: string): void {
    this.callNewest(/swin/, 'swin-run');
    this.done(`exp weights export swin-run -o ${file} --format pt`);
  }

  /** A training that has begun, and waits for what is asked of it; the pages' name for a run means it. */
  async begin(): Promise<void> {
    const [id = ''] = /\S+-organ-[0-9a-f]{4}/.exec(this.done('exp run long.exp --detach')) ?? [];
    const runDir = join(this.folder, 'runs', id);
    while (!readEvents(runDir).some(({ type }) => type === 'engine')) await sleep(20);
    askTrainer(runDir, 'pause');
    this.call('3f2a', id);
    this.#begun.push(id);
  }

  /** The newest run that was stopped with most of its epochs before it. */
  async takeStopped(): Promise<void> {
    if (this.#begun.length === 0) {
      await this.begin();
      this.done('exp stop 3f2a');
    }
    const id = this.#begun.pop() ?? '';
    this.call('3f2a', id);
    while (liveOwner(join(this.folder, 'runs', id)) !== null) await sleep(50);
  }

  /** A run that has used up what it may cost. */
  spent(): void {
    expect(this.type('exp run costly.exp --quiet').exitCode).toBe(2);
    this.call('3f2a', this.#latest());
  }

  /** A sweep of two runs, a third run, and one on the server that others wrote. */
  async trained(): Promise<void> {
    this.#names.delete('organ.exp');
    this.done('exp run sweep.exp --quiet');
    const sweep = this.#listed()[0]?.id ?? '';
    for (const [name, here] of Object.entries({ '3f2a': '001', '91bc': '002', b107: '001', '0378': '002' }))
      this.call(name, `${sweep}-${here}`);
    this.call('my-sweep', sweep);
    this.done('exp run organ.exp --quiet');
    this.call('bdd4', this.#latest());
    this.call('0a1b2c3d4e5f60718293a4b5c6d7e8f9', await foreignRun(this.#server.uri, 'organ', 'my-run'));
  }
}
