import { describe, expect, it } from 'vitest';
import { codesOf, planOf, smallWith } from '../example.ts';

describe('metrics', () => {
  it('are named, or called with their settings', () => {
    const written = 'metrics: [dice, surface_dice(tolerance: 2mm), average_surface_distance(symmetric: true)]';
    const { plan } = planOf(smallWith(written));
    expect(plan.metrics).toEqual(['dice', 'surface_dice', 'average_surface_distance']);
    expect(plan.metricSettings).toEqual({
      surfaceDice: { tolerances: [2] },
      averageSurfaceDistance: { symmetric: true },
    });
    expect(plan.schedule.keepBest).toEqual({ metric: 'val.dice', mode: 'max' });
  });

  it('have the settings of their table where none are written', () => {
    expect(planOf(smallWith('metrics: [iou]')).plan.metricSettings).toEqual({
      surfaceDice: { tolerances: [1] },
      averageSurfaceDistance: { symmetric: false },
    });
  });

  it.each([
    ['metrics: [dise]', ['EXP2102']],
    ['metrics: [dice(tolerance: 1mm)]', ['EXP2103']],
    ['metrics: [surface_dice(2mm)]', ['EXP2107']],
    ['metrics: [surface_dice(tolerance: 2)]', ['EXP2202']],
    ['metrics: [surface_dice(tolerance: -1mm)]', ['EXP2203']],
    ['metrics: [surface_dice(tolerance: 1mm, tolerance: 2mm)]', ['EXP2005']],
    ['metrics: [surface_dice(tolerance: [1mm, 2mm])]', ['EXP3027']],
    ['metrics: [surface_dice, surface_dice(tolerance: 2mm)]', ['EXP3007']],
    ['metrics: [volume_error]  expect val.volume_error < 10%', []],
    ['metrics: [average_surface_distance]  expect val.average_surface_distance < 3', []],
  ])('%s', (settings, codes) => {
    expect(codesOf(smallWith(settings))).toEqual(codes);
  });
});

describe('mirrored windows and post-processing', () => {
  it('stand in the plan in the order in which they are written', () => {
    const { plan } = planOf(
      smallWith(
        'inference: sliding_window(flips: [x, z])  postprocess { fill_holes()  largest_component(classes: [1]) }',
      ),
    );
    expect(plan.inference.flips).toEqual(['x', 'z']);
    expect(plan.postprocess).toEqual([
      { kind: 'fill_holes', classes: null },
      { kind: 'largest_component', classes: [1] },
    ]);
  });

  it('are none unless written', () => {
    const { plan } = planOf(smallWith(''));
    expect([plan.inference.flips, plan.postprocess]).toEqual([[], []]);
  });

  it.each([
    ['inference: sliding_window(flips: [x, x])', ['EXP3007']],
    ['inference: sliding_window(flips: [u])', ['EXP2105']],
    ['postprocess { largest_component(classes: [2]) }', ['EXP3028']],
    ['postprocess { erode() }', ['EXP2102']],
  ])('%s', (settings, codes) => {
    expect(codesOf(smallWith(settings))).toEqual(codes);
  });
});
