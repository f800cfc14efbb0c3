import { hasErrors } from '../dsl/diagnostic.ts';
import type { SourceFile } from '../dsl/source.ts';
import { AS_WRITTEN, analyse, planBareUnder } from './analyse.ts';
import type { BoundEnvironment } from './bind/bound.ts';
import { shippedEnvironments } from './bind/environments.ts';
import { type CompileOptions, chooseTarget } from './compile.ts';
import { type Estimate, estimate, withinBudget } from './estimate.ts';
import { BARE_OUTLOOK, type DataOutlook } from './outlook.ts';
import { planEnvironment } from './plan/build.ts';
import { memoryNeed } from './plan/memory-need.ts';
import type { Plan, PlanEnvironment } from './plan/schema.ts';
import { gigabytes, memoryLimit } from './planner/memory.ts';
import { createSharing } from './sharing.ts';

/** One place to train an experiment: what it would take there, or why it cannot be done there. */
export interface EnvironmentChoice {
  readonly environment: PlanEnvironment;
  /** Declared by the file, or the machine at hand: not one that the catalogue only knows of. */
  readonly own: boolean;
  /** When and for which region its price was looked up; null where the catalogue or the file does not say. */
  readonly priceAsOf: string | null;
  readonly region: string | null;
  readonly outcome:
    | { readonly kind: 'fits'; readonly plan: Plan; readonly estimate: Estimate; readonly limits: readonly string[] }
    | { readonly kind: 'no'; readonly reason: string };
}

export interface EnvironmentOptions extends CompileOptions {
  /** How many runs like this one are to be paid for, one after another. */
  readonly runs: number;
  /** How many whole runs that comes to where as many stop early as may; without it, all train to their end. */
  readonly leastRuns?: number;
}

/**
 * The experiment as its profile has it, planned for every environment that it can name: the batch size is chosen, and
 * activations are computed again, for each by itself.
 *
 * @returns null where the experiment has no plan whatever the environment; `compile` says why
 */
export function planEnvironments(source: SourceFile, options: EnvironmentOptions): readonly EnvironmentChoice[] | null {
  const analysis = analyse(source, options.set, options);
  const target = chooseTarget(analysis, options);
  if (target === null || hasErrors(analysis.diagnostics)) return null;
  const outlook = options.outlook ?? BARE_OUTLOOK;
  const sharing = createSharing();
  const choices = [...analysis.bound.environments.values()].flatMap((bound): EnvironmentChoice | [] => {
    if (bound === null) return [];
    const { asOf, region } = bound.values;
    const environment = planEnvironment(bound.name, bound.values);
    const about = { environment, own: isOwn(bound), priceAsOf: asOf, region };
    const diagnostics: typeof analysis.diagnostics = [];
    const variation = { ...AS_WRITTEN, environment: bound, sharing };
    const made = planBareUnder({ ...analysis, diagnostics }, target.experiment, target.profile, variation);
    if (made === null) {
      const error = diagnostics.find(({ severity }) => severity === 'error');
      return { ...about, outcome: { kind: 'no', reason: error?.message ?? 'it has no plan' } };
    }
    const { plan } = made;
    const data = outlook.data(plan);
    const reason = whyNot(plan, bound, data);
    if (reason !== null) return { ...about, outcome: { kind: 'no', reason } };
    const told = estimate(plan, outlook);
    // Where a batch size is written, the planner leaves it at that; here the question is where it fits.
    if (told.fitsMemory === false) return { ...about, outcome: { kind: 'no', reason: tooLarge(plan) } };
    return {
      ...about,
      outcome: {
        kind: 'fits',
        plan,
        estimate: times(told, plan, options.runs, options.leastRuns ?? options.runs),
        limits: limitsOf(plan, bound, told, options.runs),
      },
    };
  });
  return choices.some(({ outcome }) => outcome.kind === 'fits') || isOnlyMemory(choices) ? choices : null;
}

/** Where nothing fits, it may be that nothing is large enough, or that the file is wrong. */
function isOnlyMemory(choices: readonly EnvironmentChoice[]): boolean {
  return new Set(choices.map(({ outcome }) => (outcome.kind === 'no' ? outcome.reason : ''))).size > 1;
}

function isOwn(bound: BoundEnvironment): boolean {
  return bound.name === 'local' || shippedEnvironments().get(bound.name) !== bound;
}

/** Main memory that the trainer takes beside what is on a GPU: Node, TensorFlow with CUDA, and pinned buffers. */
const HOST_BYTES = 3e9;

/** A float32 of the image and a byte of the label. */
const BYTES_PER_VOXEL = 5;

/** What prepared cases take, in memory or on disk; null where the size of one is not known. */
function bytesOfCases({ cases, caseSize }: DataOutlook): number | null {
  return caseSize === null ? null : cases * BYTES_PER_VOXEL * caseSize.reduce((product, size) => product * size, 1);
}

/** What the planner of steps does not look at: data in main memory, and on disk. */
function whyNot(plan: Plan, { values }: BoundEnvironment, data: DataOutlook | null): string | null {
  const { environment, cache } = plan;
  const cases = data === null ? null : bytesOfCases(data);
  const inMemory = cache === 'memory' && cases !== null ? cases : 0;
  if (environment.gpu !== null && environment.memoryBytes !== null && HOST_BYTES + inMemory > environment.memoryBytes) {
    const needed = `${gigabytes(HOST_BYTES + inMemory)} GB of main memory with all cases cached`;
    return `${needed}, more than its ${gigabytes(environment.memoryBytes)} GB; \`cache: disk\` needs less`;
  }
  if (cache === 'disk' && cases !== null && values.storage !== null && cases > values.storage)
    return `the prepared cases take ${gigabytes(cases)} GB of its ${gigabytes(values.storage)} GB of storage`;
  return null;
}

function tooLarge({ environment, facts, batchSize }: Plan): string {
  const limit = memoryLimit(environment, null);
  const needed = gigabytes(memoryNeed(facts, limit?.onGpu ?? false).expected);
  return `a batch of ${batchSize} takes about ${needed} GB, more than the ${gigabytes(limit?.usable ?? 0)} GB that can be used there`;
}

/** What a user has to know who goes there. */
function limitsOf(
  plan: Plan,
  { values }: BoundEnvironment,
  { scheduleSeconds }: Estimate,
  runs: number,
): readonly string[] {
  const { gpu, scheduler } = plan.environment;
  const limits: string[] = [];
  if (values.session !== null) {
    const high = scheduleSeconds === null ? 0 : Math.ceil((runs * scheduleSeconds.high) / 3600 / values.session);
    limits.push(
      `sessions end after ${values.session} h${high > 1 ? `: up to ${high} of them, with \`exp resume\`` : ''}`,
    );
  }
  if (gpu !== null && gpu.count > 1) limits.push(`uses 1 of its ${gpu.count} GPUs, and pays for all`);
  if (gpu === null) limits.push('no GPU');
  if (scheduler !== null) limits.push(`jobs wait for ${scheduler.kind === 'slurm' ? 'SLURM' : scheduler.kind}`);
  if (plan.activationLimitBytes !== null) {
    const more = (100 * plan.facts.recomputedFlops) / (plan.facts.stepFlops - plan.facts.recomputedFlops);
    limits.push(`computes activations again, ${more.toFixed(1)} % more arithmetic`);
  }
  return limits;
}

/** The same for so many runs, one after another. */
function times(told: Estimate, plan: Plan, runs: number, leastRuns: number): Estimate {
  if (runs === 1) return told;
  const scale = <B extends Estimate['costUsd']>(band: B) =>
    band === null ? null : { low: band.low * leastRuns, high: band.high * runs };
  const [scheduleSeconds, costUsd] = [scale(told.scheduleSeconds), scale(told.costUsd)];
  return { ...told, scheduleSeconds, costUsd, withinBudget: withinBudget(plan.budget, scheduleSeconds, costUsd) };
}
