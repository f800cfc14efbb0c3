import { basisText } from '../../compiler/estimate.ts';
import { memoryNeed } from '../../compiler/plan/memory-need.ts';
import type { PlanEnvironment } from '../../compiler/plan/schema.ts';
import type { EnvironmentChoice } from '../../compiler/plan-environments.ts';
import type { Band } from '../../compiler/planner/throughput.ts';
import { shortDollars, shortDurations } from '../format/bands.ts';
import { plural } from '../format/quantities.ts';
import type { Documents } from '../json/documents.ts';
import { type Paint, painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii, wrapWords } from '../terminal/text.ts';
import { columns } from './table.ts';

/** `exp plan --environments`: where an experiment can be trained, what it takes there, and why not elsewhere. */

export type SortKey = 'cost' | 'time';

type Fitting = EnvironmentChoice & { readonly outcome: { readonly kind: 'fits' } };

export interface EnvironmentTable {
  readonly experiment: string;
  readonly profile: string | null;
  readonly choices: readonly EnvironmentChoice[];
  readonly runs: number;
  readonly sort: SortKey;
}

export function formatEnvironments(table: EnvironmentTable, terminal: Terminal, width: number): string {
  const paint = painter(terminal.color);
  const fitting = sorted(table.choices.filter(isFitting), table.sort);
  const others = table.choices.flatMap(({ environment, outcome }) =>
    outcome.kind === 'no' ? [{ name: environment.name, reason: outcome.reason }] : [],
  );
  const best = cheapest(fitting);
  const runs = table.runs === 1 ? '' : `, all ${plural(table.runs, 'run')} one after another`;
  const profile = table.profile === null ? '' : ` · ${table.profile}`;
  const [head = '', ...rows] = columns([
    ['  environment', 'batch', 'memory GB', 'a step', 'schedule', 'cost', '$/h'],
    ...fitting.map((choice) => rowOf(choice, choice === best)),
  ]);
  const lines = [
    `${paint(table.experiment, 'strong')}${profile}${runs}`,
    '',
    ...(fitting.length === 0 ? [] : [paint(head, 'dim')]),
    ...fitting.flatMap((choice, index) => {
      const row = rows[index] ?? '';
      const { limits } = choice.outcome;
      const beneath =
        limits.length === 0 ? [] : indented(limits.join('; '), 4, width).map((line) => paint(line, 'dim'));
      return [paint(row, toneOf(choice, best)), ...beneath];
    }),
    ...(others.length === 0 ? [] : ['', paint('does not work on', 'dim')]),
    ...others.flatMap(({ name, reason }) => refused(name, reason, width, paint)),
    '',
    ...conclusion(fitting, best, width),
    '',
  ];
  return terminal.unicode ? lines.join('\n') : lines.map(toAscii).join('\n');
}

export function environmentsJson({ choices, runs, sort, ...about }: EnvironmentTable): Documents['environments'] {
  const fitting = sorted(choices.filter(isFitting), sort);
  const best = cheapest(fitting);
  const others = choices.flatMap(({ environment, own, outcome }) =>
    outcome.kind === 'no' ? [{ ...summary(environment), own, fits: false as const, reason: outcome.reason }] : [],
  );
  return {
    ...about,
    runs,
    sort,
    environments: [
      ...fitting.map(({ environment, own, priceAsOf, region, outcome: { plan, estimate, limits } }) => ({
        ...summary(environment),
        own,
        fits: true as const,
        chosen: environment.name === best?.environment.name,
        priceAsOf,
        region,
        batchSize: plan.batchSize,
        activationLimitBytes: plan.activationLimitBytes,
        memoryNeedBytes: needed(plan.environment, plan.facts),
        stepSeconds: estimate.stepSeconds,
        scheduleSeconds: estimate.scheduleSeconds,
        costUsd: estimate.costUsd,
        withinBudget: estimate.withinBudget,
        basis: estimate.basis,
        limits,
      })),
      ...others,
    ],
  };
}

function summary({ name, gpu, memoryBytes, cpuCores, pricePerHourUsd }: PlanEnvironment) {
  return { name, gpu, cpuCores, memoryBytes, pricePerHourUsd };
}

function isFitting(choice: EnvironmentChoice): choice is Fitting {
  return choice.outcome.kind === 'fits';
}

/** What is not known stands last; the other figure decides between equals. */
function sorted(choices: readonly Fitting[], by: SortKey): readonly Fitting[] {
  const cost = ({ outcome }: Fitting) => middle(outcome.estimate.costUsd);
  const time = ({ outcome }: Fitting) => middle(outcome.estimate.scheduleSeconds ?? outcome.estimate.stepSeconds);
  const keys = by === 'cost' ? [cost, time] : [time, cost];
  return choices.toSorted((a, b) => keys.reduce((order, key) => order || key(a) - key(b), 0));
}

function middle(band: Band | null): number {
  return band === null ? Number.MAX_VALUE : Math.sqrt(band.low * band.high);
}

/** Of those that keep the budget for all that is known, the cheapest that has a price: what is one's own costs nothing anyway. */
function cheapest(fitting: readonly Fitting[]): Fitting | null {
  const priced = fitting.filter(({ outcome }) => (outcome.estimate.costUsd?.high ?? 0) > 0);
  const within = (verdicts: readonly unknown[]) =>
    sorted(priced, 'cost').find(({ outcome }) => verdicts.includes(outcome.estimate.withinBudget));
  return within(['yes', null]) ?? within(['perhaps']) ?? null;
}

function rowOf({ environment, outcome: { plan, estimate } }: Fitting, isBest: boolean): readonly string[] {
  const { gpu, memoryBytes } = environment;
  const total = gpu?.memoryBytes ?? memoryBytes;
  const need = gigabytes(needed(environment, plan.facts));
  return [
    `${isBest ? '→' : ' '} ${environment.name}`,
    String(plan.batchSize),
    total === null ? need : `${need} of ${gigabytes(total)}`,
    shortDurations(estimate.stepSeconds),
    shortDurations(estimate.scheduleSeconds),
    shortDollars(estimate.costUsd),
    environment.pricePerHourUsd === null ? '–' : String(environment.pricePerHourUsd),
  ];
}

function needed(environment: PlanEnvironment, facts: Fitting['outcome']['plan']['facts']): number {
  return memoryNeed(facts, environment.gpu !== null).expected;
}

function toneOf(choice: Fitting, best: Fitting | null) {
  if (choice === best) return 'good';
  return choice.outcome.estimate.withinBudget === 'no' ? 'bad' : 'plain';
}

function refused(name: string, reason: string, width: number, paint: Paint): readonly string[] {
  const [first = '', ...rest] = indented(`${name}: ${reason}`, 2, width);
  return [paint(first, 'plain'), ...rest.map((line) => `  ${line}`)];
}

function conclusion(fitting: readonly Fitting[], best: Fitting | null, width: number): readonly string[] {
  const kinds = new Set(fitting.map(({ outcome }) => outcome.estimate.basis.kind));
  const measured = fitting
    .filter(({ outcome }) => outcome.estimate.basis.kind !== 'estimated')
    .map(({ environment, outcome }) => `${environment.name}: ${basisText(outcome.estimate.basis)}`);
  const texts = [
    ...(best === null ? [] : [`→ ${best.environment.name}: the cheapest ${budgetText(best)}`]),
    ...measured,
    ...(kinds.has('estimated')
      ? ['all else is estimated from what a step computes and moves; a run there, or `exp calibrate`, measures it']
      : []),
    ...(fitting.some(
      ({ outcome }) => outcome.estimate.scheduleSeconds === null && outcome.estimate.stepSeconds !== null,
    )
      ? ['how long the schedule takes depends on the data set, which is not here']
      : []),
    ...dates(fitting),
  ];
  return texts.flatMap((text) => wrapWords(text, width));
}

function budgetText({ outcome }: Fitting): string {
  switch (outcome.estimate.withinBudget) {
    case 'yes':
      return 'that keeps the budget';
    case 'perhaps':
      return 'that may keep the budget';
    case 'no':
    case null:
      return 'that has a price';
  }
}

/** `2026-11` of `2026-11-09`: a day more says nothing. */
const MONTH = 'YYYY-MM'.length;

/** Prices change: those that are older than the others are the ones to mind. */
export function dates(fitting: readonly Pick<Fitting, 'environment' | 'priceAsOf'>[]): readonly string[] {
  const known = fitting.flatMap(({ environment: { name }, priceAsOf }) =>
    priceAsOf === null ? [] : [{ name, asOf: priceAsOf.slice(0, MONTH) }],
  );
  const times = [...new Set(known.map(({ asOf }) => asOf))].sort().reverse();
  const [newest, ...older] = times;
  if (newest === undefined) return [];
  const stale = older.map((time) => `those of ${listing(known, time)} in ${time}`);
  return [[`prices on demand, looked up in ${newest}`, ...stale].join('; ')];
}

function listing(known: readonly { readonly name: string; readonly asOf: string }[], time: string): string {
  return known
    .flatMap(({ name, asOf }) => (asOf === time ? [name] : []))
    .sort()
    .join(', ');
}

function indented(text: string, by: number, width: number): readonly string[] {
  return wrapWords(text, width - by).map((line) => `${' '.repeat(by)}${line}`);
}

function gigabytes(bytes: number): string {
  return bytes >= 99.5e9 ? (bytes / 1e9).toFixed(0) : String(Number((bytes / 1e9).toPrecision(3)));
}
