import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../compiler/fields/metrics.ts';
import { flattenPlan } from '../../../compiler/plan/flatten.ts';
import { compareRuns } from '../../../runtime/compare/compare-runs.ts';
import type { ComparedRun } from '../../../runtime/compare/compared-run.ts';
import { stateOfRun } from '../../../runtime/events/accumulate.ts';
import { metricLabel } from '../../../runtime/metrics/table.ts';
import { directionOf } from '../../../tui/metric-direction.ts';
import { formatComparison, verdict } from '../../../tui/output/compare.ts';
import { formatRunDetails } from '../../../tui/output/run-details.ts';
import { bodyOf, recorded } from '../../helpers/run-events.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';

const terminal = { interactive: false, color: false, unicode: true };
const plan = tinyPlan();

/** @param epochs what each validation measured */
function run(
  id: string,
  epochs: readonly Readonly<Record<string, number>>[],
  classes: readonly string[] = [],
): ComparedRun {
  const events = epochs.map((metrics, index) =>
    bodyOf('validation_finished', { epoch: index + 1, step: 4 * (index + 1), metrics }),
  );
  const { metrics, best, watch, epoch, status } = stateOfRun(recorded(bodyOf('run_started'), ...events));
  return {
    ...{ id, metrics, best, watch, epoch, status },
    folder: null,
    profile: null,
    seconds: null,
    remote: null,
    classes,
    settings: flattenPlan(plan),
    cases: new Map(),
  };
}

function compared(...runs: readonly ComparedRun[]): string {
  return formatComparison(compareRuns(runs, directionOf), runs, terminal, 120);
}

describe('structures that were missed', () => {
  const counted = run('counted', [{ 'val.hausdorff95': 4, 'val.hausdorff95.missed': 2 }]);
  const plain = run('plain', [{ 'val.dice': 0.8 }]);

  it('are explained where their number is shown, and nowhere else', () => {
    const note = 'missed: structures of the truth that the prediction lacks';
    expect(formatRunDetails(counted, terminal, 120)).toContain(note);
    expect(compared(counted, plain)).toContain(note);
    expect(formatRunDetails(plain, terminal, 120)).not.toContain('missed');
    expect(compared(plain, plain)).not.toContain('missed');
    expect(directionOf('val.precision.missed')).toBe('min');
  });
});

describe('metrics of classes', () => {
  const measured = { 'val.hausdorff95.1': 4, 'val.dice': 0.8, 'val.dice.2': 0.7 };
  const named = run('named', [measured], ['background', 'anterior', 'posterior']);

  it('have the names that the data give, and distances their unit', () => {
    const text = formatRunDetails(named, terminal, 120);
    for (const label of ['val.hausdorff95 anterior (mm)', 'val.dice posterior', 'val.dice '])
      expect(text).toContain(label);
    expect(compared(named, named)).toContain('val.dice posterior');
  });

  it('keep their numbers where nobody names them, or two runs mean something else', () => {
    expect(formatRunDetails(run('plain', [measured]), terminal, 120)).toContain('val.hausdorff95.1 (mm)');
    const numbered = run('numbered', [measured], ['background', 'class 1', 'class 2']);
    expect(formatRunDetails(numbered, terminal, 120)).toContain('val.dice.2');
    const other = run('other', [measured], ['background', 'posterior', 'anterior']);
    expect(compared(named, other)).toContain('val.dice.2');
  });

  it('have the units that the language gives them', () => {
    for (const [name, { unit }] of Object.entries(METRICS))
      expect(metricLabel(name, [])).toBe(unit === null ? name : `${name} (${unit})`);
  });
});

describe('the verdict of a test', () => {
  const test = { pairs: 8, statistic: 3, pValue: 0.04 };

  it('is announced for the only one, and after correction among several', () => {
    expect(verdict({ test, corrected: { pValue: 0.04, tests: 1 } })).toBe(
      'more than chance would do (p = 0.040, Wilcoxon signed-rank on 8 pairs)',
    );
    expect(verdict({ test, corrected: { pValue: 0.12, tests: 3 } })).toBe(
      'no more than chance may do (p = 0.120 after Holm’s correction for 3 tests, Wilcoxon signed-rank on 8 pairs)',
    );
  });
});
