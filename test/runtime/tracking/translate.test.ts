import { describe, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../../../runtime/events/schema.ts';
import { keepsSample, keepsStep, STEP_ROWS } from '../../../runtime/tracking/thinning.ts';
import { type RunFacts, Translator } from '../../../runtime/tracking/translate.ts';
import { bodyOf, recorded } from '../../helpers/run-events.ts';

const changesBetween = (earlier: string, later: string) => `${earlier} became ${later}`;

const data = (stepsPerEpoch: number, epochs: number): RunEventBody => ({
  type: 'data',
  name: 'organ',
  subjects: { train: [], validation: [], test: [] },
  stepsPerEpoch,
  epochs,
  digest: 'd',
  source: 's',
  classes: [],
});

const step = (number: number): RunEventBody => ({
  type: 'step',
  epoch: 1,
  step: number,
  stepInEpoch: number,
  loss: 1,
  learningRate: 1e-4,
  gradientNorm: null,
  seconds: 1,
  waitSeconds: 0,
});

/** Of a run of which there is nothing to say beforehand. */
const NO_FACTS: RunFacts = {
  params: [],
  tags: [],
  artifacts: [],
  planId: 'p',
  cases: true,
  model: null,
  changesBetween,
};

/** The steps of a record that reach the server. */
function toldSteps(bodies: readonly RunEventBody[]): number[] {
  const translator = new Translator(NO_FACTS);
  return bodies.flatMap((body, sequence) => {
    const event: RunEvent = { ...body, sequence, time: sequence };
    return translator.translate(event).flatMap((delivery) => {
      return delivery.kind === 'metrics'
        ? delivery.metrics.filter((row) => row.key === 'step.loss').map((row) => row.step)
        : [];
    });
  });
}

describe('what a server is told of a record', () => {
  it('is every step of a short run', () => {
    expect(toldSteps([data(4, 1), step(1), step(2), step(3), step(4)])).toEqual([1, 2, 3, 4]);
  });

  it('is the first step, the last and evenly spaced ones of a long run', () => {
    const total = 35 * 1000;
    const told = toldSteps([data(35, 1000), ...Array.from({ length: total }, (_, index) => step(index + 1))]);
    expect(told.length).toBeLessThanOrEqual(STEP_ROWS);
    expect(told.length).toBeGreaterThan(STEP_ROWS * 0.9);
    expect([told[0], told.at(-1)]).toEqual([1, total]);
    const gaps = new Set(told.slice(2, -1).map((each, index) => each - (told[index + 1] ?? 0)));
    expect([...gaps]).toEqual([36]);
  });

  it('is a step once, however often a resumed run repeats it', () => {
    expect(toldSteps([data(4, 1), step(1), step(2), step(3), step(2), step(3), step(4)])).toEqual([1, 2, 3, 4]);
  });
});

describe('a run that ends before it starts', () => {
  it('is told with its parameters and files all the same', () => {
    const facts = {
      params: [{ key: 'seed', value: '1' }],
      tags: [],
      artifacts: ['plan.json'],
      planId: 'p',
      cases: true,
      model: null,
    };
    const end: RunEvent = {
      type: 'run_finished',
      status: 'killed',
      epoch: 0,
      step: 0,
      seconds: 0,
      best: null,
      metrics: {},
      expectations: [],
      weightsHash: null,
      error: { code: 'EXP4502', message: 'out of memory', help: null, location: null },
      sequence: 0,
      time: 5,
    };
    const told = new Translator({ ...facts, changesBetween }).translate(end);
    expect(told.map((delivery) => delivery.kind)).toEqual(['params', 'tags', 'artifact', 'tags', 'status']);
    expect(told.at(-1)).toMatchObject({ status: 'KILLED', endTime: 5 });
  });
});

describe('thinning', () => {
  it.each([1000, 1001, 1999, 2000, 35_000, 250_000])(
    'keeps at most the rows allowed of %i steps, both ends among them',
    (total) => {
      const kept = Array.from({ length: total }, (_, index) => index + 1).filter((number) => keepsStep(number, total));
      expect(kept.length).toBeLessThanOrEqual(STEP_ROWS);
      expect([kept[0], kept.at(-1)]).toEqual([1, total]);
    },
  );

  it('keeps system samples dense at first, and hardly more of a day than of an hour', () => {
    const count = (samples: number) => Array.from({ length: samples }, (_, index) => index).filter(keepsSample).length;
    expect(count(239)).toBe(239);
    expect(count(8640)).toBeLessThan(1000);
  });
});

describe('a run that goes on with another plan', () => {
  it('is tagged with its plan now and with what was changed at each turn, since parameters stay', () => {
    const facts = { ...NO_FACTS, planId: 'c' };
    const translator = new Translator(facts);
    const starts = [
      { planId: 'a', resumedFromStep: null },
      { planId: 'a', resumedFromStep: 4 },
      { planId: 'b', resumedFromStep: 8 },
      { planId: 'c', resumedFromStep: 12 },
    ];
    const told = recorded(...starts.map((start) => bodyOf('run_started', start)))
      .flatMap((event) => translator.translate(event))
      .flatMap((delivery) => (delivery.kind === 'tags' ? delivery.tags : []));
    const values = (key: string) => told.filter((tag) => tag.key === key).map(({ value }) => value);
    expect(values('exp.plan_id')).toEqual(['a', 'b', 'c']);
    expect(values('exp.plan_changes')).toEqual([
      'after step 8: a became b',
      'after step 8: a became b; after step 12: b became c',
    ]);
    expect(values('exp.params')[0]).toContain('plan.json among the artifacts');
  });

  it('brings its plan again, and names it', () => {
    const translator = new Translator({ ...NO_FACTS, artifacts: ['plan.json'], planId: 'b' });
    const resumed: RunEvent = {
      type: 'run_started',
      runId: 'r',
      planId: 'b',
      experiment: 'organ',
      profile: null,
      pid: 1,
      host: 'h',
      resumedFromStep: 8,
      sequence: 7,
      time: 7,
    };
    const told = translator.translate(resumed);
    expect(told).toContainEqual({ kind: 'artifact', path: 'plan.json', version: 'b', sequence: 7, time: 7 });
    expect(told.flatMap((delivery) => (delivery.kind === 'tags' ? delivery.tags : []))).toContainEqual({
      key: 'exp.plan_id',
      value: 'b',
    });
  });
});

describe('pictures of predictions', () => {
  it('travel as artifacts; cases without one, and label maps, stay at home', () => {
    const translator = new Translator(NO_FACTS);
    const prediction = (overview: string | null, sequence: number): RunEvent => ({
      type: 'prediction',
      subject: 'sub-1',
      path: 'predictions/sub-1/anat/sub-1_dseg.nii.gz',
      overview,
      metrics: {},
      sequence,
      time: sequence,
    });
    translator.translate(prediction(null, 1));
    expect(translator.translate(prediction(null, 2))).toEqual([]);
    expect(translator.translate(prediction('predictions/figures/sub-1_dseg.png', 3))).toEqual([
      { kind: 'artifact', path: 'predictions/figures/sub-1_dseg.png', version: '3', sequence: 3, time: 3 },
    ]);
  });
});

describe('what names subjects', () => {
  const failed: RunEvent = {
    type: 'run_finished',
    status: 'failed',
    epoch: 1,
    step: 4,
    seconds: 1,
    best: null,
    metrics: {},
    expectations: [],
    weightsHash: null,
    error: { code: 'EXP4201', message: 'the loss of step 4 is NaN (cases sub-017)', help: null, location: null },
    sequence: 9,
    time: 9,
  };
  const pictured: RunEvent = {
    type: 'prediction',
    subject: 'sub-017',
    path: 'predictions/sub-017_dseg.nii.gz',
    overview: 'predictions/figures/sub-017_dseg.png',
    metrics: {},
    sequence: 8,
    time: 8,
  };
  const told = (cases: boolean) => {
    const translator = new Translator({
      params: [],
      tags: [],
      artifacts: [],
      planId: 'p',
      cases,
      model: null,
      changesBetween,
    });
    return JSON.stringify([...translator.translate(pictured), ...translator.translate(failed)]);
  };

  it('goes to the server as tables, pictures and messages', () => {
    expect(told(true)).toContain('"path":"results"');
    expect(told(true)).toContain('sub-017_dseg.png');
    expect(told(true)).toContain('EXP4201: the loss of step 4 is NaN (cases sub-017)');
  });

  it('stays at home with `cases: false`, and the curves go', () => {
    expect(told(false)).not.toContain('sub-017');
    expect(told(false)).toContain('"path":"results/curves.png"');
    expect(told(false)).toContain('"value":"EXP4201"');
  });
});
