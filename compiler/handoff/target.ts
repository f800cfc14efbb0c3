import { shippedEnvironments } from '../bind/environments.ts';
import type { PlanEnvironment } from '../plan/schema.ts';

/** A place that trains for us: what it is handed, and how it is talked to. Text only; nothing here touches the world. */
export interface Target {
  /** `SLURM`: in sentences. */
  readonly title: string;
  /** One line for `--help` and the README of the folder. */
  readonly summary: string;
  /** Beginnings of those environments of the catalogue that it has: `aws` of `aws.g4dn.xlarge`. */
  readonly families: readonly string[];
  /** The program that takes the job; null where a person does it in a browser. */
  readonly tool: string | null;
  /** The file that says what is to be done. */
  readonly jobFile: string;
  /** What `--with name=value` may say, each with its documentation. */
  readonly options: Readonly<Record<string, TargetOption>>;
  /** Where exp keeps engine and prepared data there; null: its usual place in the user's home. */
  readonly cacheFolder: string | null;
  /** Over how many jobs runs are dealt out, at most so many at once (null: as many as the place gives). */
  readonly parts: (runs: number, jobs: number | null) => number;
  readonly files: (job: HandoffJob) => readonly HandoffFile[];
  readonly commands: (job: HandoffJob) => TargetCommands;
  /** For the README: where the paths of the experiment start from over there, and how data gets there. Markdown. */
  readonly data: (job: HandoffJob) => string;
  /** For the README: what happens when a job is taken off its machine. Markdown. */
  readonly preemption: string;
  /** For the README: how variables reach the job. Markdown. */
  readonly variables: string;
}

export interface TargetOption {
  /** Null where there is none: the line is left out, or the value is asked for. */
  readonly fallback: string | null;
  readonly doc: string;
  readonly example: string;
  /** Without it there is no job. */
  readonly required?: true;
}

/** One file of a hand-off folder. */
export interface HandoffFile {
  /** Below the folder. */
  readonly path: string;
  readonly text: string;
  readonly executable?: true;
}

/** Commands as a person types them, in the hand-off folder. */
export interface TargetCommands {
  /** Before the first submission; empty where the job sets itself up. */
  readonly prepare: readonly string[];
  readonly submit: readonly string[];
  readonly status: string;
  readonly logs: string;
  /** Brings the folder `runs` of the job into `runs` of this folder; null where it lies there already. */
  readonly fetch: string | null;
  /** Asks the tool whether the job is right, without submitting; null where it cannot say. */
  readonly check: readonly [string, ...string[]] | null;
}

/** Everything that a target needs to know of what is handed to it. */
export interface HandoffJob {
  /** `20261130-0620-organ-3f2a`: of the run or of the matrix of runs. */
  readonly id: string;
  readonly experiment: string;
  readonly profile: string | null;
  /** How many runs there are, and over how many jobs they are dealt out. */
  readonly runs: number;
  readonly parts: number;
  /** How many of the jobs may be at work at once; null: as many as the place gives. */
  readonly jobs: number | null;
  readonly environment: PlanEnvironment;
  readonly share: MachineShare;
  /** Files and folders that the plans read, as they name them: relative to the folder of the `.exp` file, or absolute. */
  readonly inputs: readonly string[];
  /** The folder of the `.exp` file on the machine that hands off. Absolute. */
  readonly baseDir: string;
  /** What `--data` says of where that folder, or the data, lies over there; null: what the target has as usual. */
  readonly data: string | null;
  readonly variables: readonly HandoffVariable[];
  /** What it takes and costs, in sentences. */
  readonly outlook: readonly string[];
  /** How exp gets there. */
  readonly exp: ExpSource;
  /** Of `--with`, with fallbacks; null for what nothing says. */
  readonly options: Readonly<Record<string, string | null>>;
}

/** The packed package, which the folder brings along, or a command that is there already. */
export type ExpSource =
  | { readonly kind: 'package'; readonly file: string }
  | { readonly kind: 'command'; readonly command: string };

/** A variable of the environment that jobs need. Only its name is ever written. */
export interface HandoffVariable {
  readonly name: string;
  readonly secret: boolean;
}

/**
 * Whether jobs there run on such a machine. The catalogue's environments belong to the target that has them; what a file
 * declares itself, and the machine at hand, may be anywhere.
 */
export function belongsTo({ name }: PlanEnvironment, { families }: Target): boolean {
  return name === 'local' || !shippedEnvironments().has(name) || isOfFamily(name, families);
}

/** Those of the catalogue that a target has. */
export function environmentsOf({ families }: Target): readonly string[] {
  return [...shippedEnvironments().keys()].filter((name) => isOfFamily(name, families));
}

function isOfFamily(name: string, families: readonly string[]): boolean {
  return families.some((family) => name.startsWith(`${family}.`));
}

/** What one job takes of a machine of the environment: all of it, or one GPU's part. Null where the environment is silent. */
export interface MachineShare {
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
}

/** What the machine's own system needs. */
const USABLE_MEMORY = 0.9;

/** A run trains on one GPU: of a machine with eight it gets an eighth of the cores and of the memory. */
export function machineShare({ gpu, cpuCores, memoryBytes }: PlanEnvironment): MachineShare {
  const parts = gpu?.count ?? 1;
  return {
    cpus: cpuCores === null ? null : Math.max(1, Math.floor(cpuCores / parts)),
    memoryBytes: memoryBytes === null ? null : Math.floor((memoryBytes * USABLE_MEMORY) / parts),
  };
}

/** `exp submit work …`: what every job comes down to. */
export function workCommand(part: string, dataDir: string): string {
  return `exp submit work . --part ${part} --data ${dataDir}`;
}
