import { medianOf } from '../../compiler/quantiles.ts';
import { type Metrics, record, Watch } from './record.ts';
import { type Answer, ask, type Subject } from './subjects.ts';

export interface Comparison {
  readonly bench: string;
  readonly case: string;
  readonly peer: string;
  readonly rounds: number;
  readonly quick: boolean;
  /** What each is asked; null leaves a subject out of a round. */
  readonly job: (subject: Subject, round: number) => object | null;
  readonly subjects: readonly Subject[];
}

/** Asks the subjects in turn, round after round, so that a disturbance meets all of them; then records what each measured. */
export async function compare({ bench, case: name, peer, rounds, quick, job, subjects }: Comparison): Promise<void> {
  const watch = new Watch();
  const measured = new Map<Subject, Metrics>();
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) {
      const asked = job(subject, round);
      if (asked === null) continue;
      const { metrics, cpuSeconds }: Answer = await ask(subject, peer, asked);
      watch.add(cpuSeconds);
      measured.set(subject, joined(measured.get(subject) ?? {}, metrics));
    }
  }
  const conditions = watch.conditions();
  for (const [subject, metrics] of measured) {
    record({ bench, case: name, subject, metrics, quick, conditions });
    show(name, subject, metrics);
  }
}

export function show(name: string, subject: string, metrics: Metrics): void {
  const figures = Object.entries(metrics).map(([metric, values]) => `${metric} ${medianOf(values).toPrecision(4)}`);
  process.stdout.write(`${name} · ${subject}: ${figures.join(', ')}\n`);
}

function joined(first: Metrics, second: Metrics): Metrics {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries([...names].map((name) => [name, [...(first[name] ?? []), ...(second[name] ?? [])]]));
}
