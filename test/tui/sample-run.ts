import type { RunEvent, RunEventBody } from '../../runtime/events/schema.ts';

/** 2026-11-24 12:00:00 UTC */
export const STARTED_AT = Date.UTC(2026, 10, 24, 12);

/** Loss and Dice of a run that learns, by formula, so that every frame is the same. */
export function sampleRun(epochs = 10, planned = 20): readonly RunEvent[] {
  const stepsPerEpoch = 8;
  const bodies: RunEventBody[] = [
    {
      type: 'run_started',
      runId: '20261124-1200-organ-3f2a',
      planId: 'a'.repeat(64),
      experiment: 'organ',
      profile: 'lab',
      pid: 4242,
      host: 'node-1',
      resumedFromStep: null,
    },
    {
      type: 'engine',
      backend: 'tensorflow-cpu',
      version: '2.21.0',
      device: 'CPU',
      threads: 2,
      oneDnn: true,
      notice: null,
    },
    {
      type: 'data',
      name: 'Hippocampus',
      subjects: { train: ['sub-01', 'sub-02', 'sub-03'], validation: ['sub-04'], test: ['sub-05'] },
      stepsPerEpoch,
      epochs: planned,
      digest: 'd'.repeat(64),
      source: '/data/hippocampus',
      classes: ['background', 'hippocampus'],
    },
    { type: 'model', name: 'SegResNet', parameters: 4_700_914, plannedPeakBytes: 400 * 1024 ** 2 },
    {
      type: 'system',
      rssBytes: 6 * 1024 ** 3,
      cpuPercent: 190,
      systemMemoryUsedBytes: 9e9,
      systemMemoryTotalBytes: 24 * 1024 ** 3,
      machineCpuPercent: 50,
      disk: { usedBytes: 1e11, availableBytes: 3e11 },
      network: { receivedBytes: 2e6, sentBytes: 1e6 },
      gpus: [],
    },
  ];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    bodies.push({ type: 'epoch_started', epoch });
    for (let stepInEpoch = 1; stepInEpoch <= stepsPerEpoch; stepInEpoch++) {
      const step = (epoch - 1) * stepsPerEpoch + stepInEpoch;
      const loss = 0.4 + 1.6 * Math.exp(-step / 30) + 0.05 * Math.sin(step * 1.7);
      bodies.push({
        type: 'step',
        epoch,
        step,
        stepInEpoch,
        loss,
        learningRate: 1e-3,
        gradientNorm: 0.8,
        seconds: 0.5,
        waitSeconds: 0.01,
      });
    }
    const step = epoch * stepsPerEpoch;
    bodies.push({
      type: 'epoch_finished',
      epoch,
      step,
      seconds: 4,
      metrics: { 'train.loss': 0.4 + 1.6 * Math.exp(-step / 30) },
    });
    if (epoch % 2 !== 0) continue;
    // The eighth epoch is the best one.
    const dice = 0.9 * (1 - Math.exp(-epoch / 3)) - (epoch > 8 ? 0.05 : 0);
    bodies.push({ type: 'validation_started', epoch, step, cases: 1 });
    bodies.push({ type: 'validation_case', epoch, caseIndex: 0, subject: 'sub-04', metrics: { dice } });
    bodies.push({
      type: 'validation_finished',
      epoch,
      step,
      seconds: 2,
      metrics: { 'val.dice': dice },
      best: epoch <= 8,
      asked: false,
    });
    if (epoch <= 8)
      bodies.push({
        type: 'checkpoint',
        kind: 'best',
        epoch,
        step,
        path: 'checkpoints/best',
        weightsHash: 'f'.repeat(64),
      });
    bodies.push({
      type: 'checkpoint',
      kind: 'last',
      epoch,
      step,
      path: 'checkpoints/last',
      weightsHash: 'f'.repeat(64),
    });
  }
  return bodies.map((body, sequence): RunEvent => ({ ...body, sequence, time: STARTED_AT + sequence * 500 }));
}

/** The same run with its end. */
export function finishedRun(end: Partial<Extract<RunEventBody, { type: 'run_finished' }>> = {}): readonly RunEvent[] {
  const events = sampleRun(20);
  const finished: RunEvent = {
    type: 'run_finished',
    status: 'completed',
    epoch: 20,
    step: 160,
    seconds: 125,
    best: { metric: 'val.dice', value: 0.8375, epoch: 8 },
    metrics: { 'train.loss': 0.41, 'train.learning_rate': 1e-5, 'test.dice': 0.81 },
    expectations: [{ text: 'val.dice >= 0.8', value: 0.8375, held: true }],
    weightsHash: 'f'.repeat(64),
    error: null,
    ...end,
    sequence: events.length,
    time: STARTED_AT + 125_000,
  };
  return [...events, finished];
}
