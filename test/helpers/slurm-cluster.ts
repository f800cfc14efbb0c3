import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './mlflow-server.ts';

/** Debian puts daemons where users do not look. */
const PATH = [process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter);
const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'srun', 'squeue', 'scontrol'];

/** Why tests on a real SLURM cannot run here; null where they can. */
export function noSlurm(): string | null {
  if (process.platform !== 'linux') return 'SLURM runs on Linux';
  const missing = PROGRAMS.filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`], { env: { ...process.env, PATH } }).status !== 0,
  );
  return missing.length === 0 ? null : `no ${missing.join(', ')} (apt-get install slurm-wlm munge)`;
}

/** A whole SLURM of one node with a munge of its own, in a private folder, without systemd, cgroups or a database. */
export class SlurmCluster {
  /** Deleted by `stop`. */
  readonly folder: string;
  /** What its commands need. */
  readonly env: Readonly<Record<string, string>>;
  readonly #daemons: ChildProcess[] = [];
  readonly #killAtExit = (): void => {
    for (const { pid } of this.#daemons) if (pid !== undefined) kill(pid, 'SIGKILL');
  };

  private constructor(folder: string) {
    this.folder = folder;
    this.env = { SLURM_CONF: join(folder, 'slurm.conf'), PATH };
    process.once('exit', this.#killAtExit);
  }

  /** @param cpus how many the node is said to have */
  static async start(cpus: number): Promise<SlurmCluster> {
    const cluster = new SlurmCluster(mkdtempSync(join(tmpdir(), 'exp-slurm-')));
    try {
      await cluster.#start(cpus);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async #start(cpus: number): Promise<void> {
    const { folder } = this;
    for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o600 });
    writeFileSync(this.env.SLURM_CONF ?? '', configuration(folder, cpus, await freePort(), await freePort()));
    const socket = join(folder, 'munge.sock');
    const files = ['key', 'pid', 'log', 'seed'].map((kind) => `--${kind}-file=${join(folder, `munge.${kind}`)}`);
    // --force: the folder for temporary files may be written by all, which munge minds.
    this.#daemon('munged', ['--foreground', '--force', '--num-threads=1', `--socket=${socket}`, ...files]);
    await this.#until(
      'munge',
      () => spawnSync('munge', ['-n', '-S', socket], { env: this.#environment() }).status === 0,
    );
    this.#daemon('slurmctld', ['-D']);
    this.#daemon('slurmd', ['-D', '-N', NODE]);
    await this.#until('the node', () => this.run('sinfo', '--noheader', '--format=%T').trim() === 'idle');
  }

  /** Runs one of SLURM's commands. @returns what it printed, errors too */
  run(command: string, ...args: readonly string[]): string {
    const { stdout, stderr } = spawnSync(command, args, { env: this.#environment(), encoding: 'utf8' });
    return `${stdout}${stderr}`;
  }

  /** What the daemons wrote, for a test that fails. */
  log(): string {
    return ['slurmctld.log', 'slurmd.log'].map((name) => readFileSync(join(this.folder, name), 'utf8')).join('\n');
  }

  async stop(): Promise<void> {
    this.run('scancel', `--user=${userInfo().username}`);
    for (const daemon of this.#daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null || daemon.pid === undefined) continue;
      const gone = new Promise<void>((resolve) => daemon.once('exit', () => resolve()));
      kill(daemon.pid, 'SIGTERM');
      const insist = setTimeout(() => kill(daemon.pid ?? 0, 'SIGKILL'), 5_000);
      await gone;
      clearTimeout(insist);
    }
    process.removeListener('exit', this.#killAtExit);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.env };
  }

  #daemon(program: string, args: readonly string[]): void {
    const log = openSync(join(this.folder, `${program}.out`), 'a');
    this.#daemons.push(spawn(program, args, { env: this.#environment(), stdio: ['ignore', log, log] }));
    closeSync(log);
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!holds()) {
      const dead = this.#daemons.find(({ exitCode }) => exitCode !== null);
      if (dead !== undefined || Date.now() > deadline) {
        const said = spawnSync('sh', ['-c', `tail -n 20 ${this.folder}/*.log ${this.folder}/*.out`], {
          encoding: 'utf8',
        });
        throw new Error(`${what} of SLURM did not come up\n${said.stdout}`);
      }
      await sleep(100);
    }
  }
}

const NODE = 'n1';

function configuration(folder: string, cpus: number, controllerPort: number, nodePort: number): string {
  const user = userInfo().username;
  return [
    'ClusterName=exp',
    `SlurmctldHost=${hostname()}(127.0.0.1)`,
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    `SlurmctldPort=${controllerPort}`,
    `SlurmdPort=${nodePort}`,
    'AuthType=auth/munge',
    // A job that was requeued waits until its credential has expired: two minutes as shipped.
    `AuthInfo=socket=${join(folder, 'munge.sock')},cred_expire=5`,
    'CredType=cred/munge',
    `StateSaveLocation=${join(folder, 'state')}`,
    `SlurmdSpoolDir=${join(folder, 'spool')}`,
    ...['Slurmctld', 'Slurmd'].flatMap((name) => [
      `${name}PidFile=${join(folder, `${name.toLowerCase()}.pid`)}`,
      `${name}LogFile=${join(folder, `${name.toLowerCase()}.log`)}`,
    ]),
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU',
    'MpiDefault=none',
    'AccountingStorageType=accounting_storage/none',
    'JobAcctGatherType=jobacct_gather/none',
    'JobCompType=jobcomp/none',
    'SlurmdParameters=config_overrides',
    'SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=100000',
    'ReturnToService=2',
    'KillWait=5',
    `NodeName=${NODE} NodeAddr=127.0.0.1 NodeHostname=${hostname()} CPUs=${cpus} State=UNKNOWN`,
    'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
    '',
  ].join('\n');
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
