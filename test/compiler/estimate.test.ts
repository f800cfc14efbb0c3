import { describe, expect, it } from 'vitest';
import { basisText, estimate } from '../../compiler/estimate.ts';
import type { DataOutlook, MeasuredStep, Outlook } from '../../compiler/outlook.ts';
import { memoryNeed } from '../../compiler/plan/memory-need.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { workloadOf } from '../../compiler/planner/facts.ts';
import { experimentText, planOf } from './example.ts';

const swin = experimentText('swin');

function outlook(changes: Partial<Outlook> = {}): Outlook {
  return { data: () => null, measured: () => [], cores: null, ...changes };
}

function data(stepsPerEpoch: number, changes: Partial<DataOutlook> = {}): Partial<Outlook> {
  return { data: () => ({ stepsPerEpoch, cases: 50, validationCases: 7, caseSize: null, ...changes }) };
}

function measuredStep(plan: Plan, secondsPerStep: number, changes: Partial<MeasuredStep> = {}): MeasuredStep {
  const { stateBytes, activationPeakBytes } = plan.facts;
  const workload = workloadOf(plan);
  return {
    ...{ source: 'earlier-run', workload, secondsPerStep, spread: 0.02, waitSeconds: 0 },
    ...{ stateBytes, activationPeakBytes, peakBytes: null },
    ...changes,
  };
}

describe('estimates', () => {
  it('hold the measured step: SwinUNETR at 96³ took 3.6 s on two cores', () => {
    const { plan } = planOf(swin);
    const { stepSeconds } = estimate(plan, outlook({ cores: 2 }));
    expect(stepSeconds?.low).toBeLessThan(3.64);
    expect(stepSeconds?.high).toBeGreaterThan(3.64);
  });

  it('say nothing of a machine that is not known', () => {
    const told = estimate(planOf(swin).plan, outlook(data(35)));
    const { stepSeconds, scheduleSeconds, costUsd, fitsMemory } = told;
    expect({ stepSeconds, scheduleSeconds, costUsd, fitsMemory }).toEqual({
      stepSeconds: null,
      scheduleSeconds: null,
      costUsd: null,
      fitsMemory: null,
    });
  });

  it('become time, cost and a verdict where steps and price are known', () => {
    const { plan } = planOf(swin, { profile: 'cloud-gpu' });
    const result = estimate(plan, outlook(data(12)));
    const hours = (result.scheduleSeconds?.high ?? 0) / 3600;
    expect(result.fitsMemory).toBe(true);
    expect(result.scheduleSeconds?.high).toBeCloseTo((result.stepSeconds?.high ?? 0) * 12 * 100);
    expect(result.costUsd?.high).toBeCloseTo(hours * 0.526);
    expect(result.withinBudget).toBe('yes');
    expect(estimate({ ...plan, budget: { usd: 0.01, hours: null } }, outlook(data(12))).withinBudget).toBe('no');
  });

  it('count the windows of all validations where the size of a case is known', () => {
    const { plan } = planOf(swin);
    const time = (changes: Partial<DataOutlook>) =>
      estimate(plan, outlook({ cores: 2, ...data(35, changes) })).scheduleSeconds?.low ?? 0;
    const training = time({});
    // 96³ windows, half overlapped: one in 96³, 27 in 192³; validated every second of 100 epochs.
    const [one, many] = [time({ caseSize: [96, 96, 96] }) - training, time({ caseSize: [192, 192, 192] }) - training];
    expect(many / one).toBeCloseTo(27);
    const { forwardFlops, stepFlops } = plan.facts;
    expect(one / training).toBeCloseTo((50 * 7 * (forwardFlops / stepFlops)) / (100 * 35));
  });
});

describe('after measurements', () => {
  const { plan } = planOf(swin);
  const other = planOf(swin, { set: ['patch=64x64x64'] }).plan;

  it('a step that was measured is not estimated', () => {
    const measured = [measuredStep(plan, 3, { source: 'run-1' }), measuredStep(plan, 3.2, { waitSeconds: 0.4 })];
    const told = estimate(plan, outlook({ cores: 2, measured: () => measured }));
    expect(told.expectedStepSeconds).toBeCloseTo((3 + 3.6) / 2);
    expect(basisText(told.basis)).toBe('measured in earlier-run');
    expect((told.stepSeconds?.high ?? 0) / (told.stepSeconds?.low ?? 0)).toBeLessThan(1.25);
  });

  it('other steps on the device move and narrow the estimate', () => {
    const before = estimate(plan, outlook({ cores: 2 }));
    const expected = estimate(other, outlook({ cores: 2 })).expectedStepSeconds ?? 0;
    // A device that is five times slower than was thought.
    const measured = [measuredStep(other, 5 * expected)];
    const after = estimate(plan, outlook({ cores: 2, measured: () => measured }));
    expect((after.expectedStepSeconds ?? 0) / (before.expectedStepSeconds ?? 1)).toBeGreaterThan(4.5);
    const width = ({ stepSeconds }: typeof after) => (stepSeconds?.high ?? 0) / (stepSeconds?.low ?? 1);
    expect(width(after)).toBeLessThan(width(before) / 1.5);
    expect(basisText(after.basis)).toBe('from another step measured on this device');
  });

  it('one that contradicts the others counts little', () => {
    const sizes = ['64x64x64', '96x96x64', '64x64x96', '96x64x64', '96x96x96'];
    const plans = sizes.map((patch) => planOf(swin, { set: [`patch=${patch}`] }).plan);
    const usual = (each: Plan) => estimate(each, outlook({ cores: 2 })).expectedStepSeconds ?? 0;
    const measured = plans.slice(0, 4).map((each, index) => measuredStep(each, usual(each) * (index === 3 ? 10 : 1)));
    const { expectedStepSeconds } = estimate(plan, outlook({ cores: 2, measured: () => measured }));
    expect((expectedStepSeconds ?? 0) / usual(plan)).toBeLessThan(1.35);
  });

  it('the memory that trainers took here replaces the planned figure, but never what is planned to fit', () => {
    const planned = estimate(plan, outlook());
    const measured = [measuredStep(other, 1, { peakBytes: 1.3 * estimate(other, outlook()).expectedBytes })];
    const told = estimate(plan, outlook({ measured: () => measured }));
    expect(told.expectedBytes).toBeGreaterThan(1.05 * planned.expectedBytes);
    expect(told.fitsMemory).toBe(planned.fitsMemory);
  });

  it('never promise less memory than a step takes at least', () => {
    const { peakBytes } = estimate(plan, outlook());
    expect(peakBytes.low).toBe(memoryNeed(plan.facts, false).least);
    expect(peakBytes.high).toBeGreaterThan(peakBytes.low);
  });
});
