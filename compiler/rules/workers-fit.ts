import { rule } from './rule.ts';

export const workersFit = rule(['workers'], ({ workers }, { report }, { environment }) => {
  const cores = environment.values.cpu;
  if (cores !== null && workers > cores) {
    report(
      'EXP3041',
      'workers',
      { workers, cores, environment: environment.name },
      { help: `at most ${Math.max(0, cores - 1)}` },
    );
  }
});
