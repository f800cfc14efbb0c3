import { expect, it } from 'vitest';
import { planValues } from '../../../compiler/plan/plan-values.ts';
import { planOf, smallWith } from '../example.ts';

/** What the plan lists for one setting. */
function shown(settings: string, path: string): readonly string[] {
  return planValues(planOf(smallWith(settings)))
    .filter((value) => value.path.startsWith(path))
    .map(({ text }) => text);
}

it('every value has an origin, those that follow from others too', () => {
  const without = (settings: string) =>
    planValues(planOf(smallWith(settings)))
      .filter(({ origin }) => origin === null)
      .map(({ path }) => path);
  expect(without('')).toEqual([]);
  expect(without('metrics: [dice, surface_dice(tolerance: 2mm)]\n expect val.dice >= 0.8')).toEqual([]);
  const { origins } = planOf(smallWith('metrics: [surface_dice(tolerance: 2mm)]'));
  expect(origins['metricSettings.surfaceDice']).toMatchObject({ kind: 'file' });
  expect(origins['metricSettings.averageSurfaceDistance']).toMatchObject({ kind: 'default' });
});

it('every value is in words, ranges and all', () => {
  expect(
    shown(
      'augment { affine(scale: 80%..120%, probability: 20%)\n gamma(range: 0.7..1.5, probability: 10%)\n flip(axes: [x, y], probability: 50%) }',
      'augment',
    ),
  ).toEqual([
    'affine(rotation: [0, 0, 0], scale: 0.8..1.2, translation: [0, 0, 0], probability: 0.2)',
    expect.stringMatching(/^gamma\(range: 0\.7\.\.1\.5, /),
    expect.stringMatching(/^flip\(axes: \[x, y\], /),
  ]);
  const all = planValues(
    planOf(
      smallWith(
        'augment { affine(probability: 10%)\n elastic(magnitude: 1..4, probability: 10%)\n bias_field(probability: 10%) }',
      ),
    ),
  );
  expect(all.map(({ text }) => text).filter((text) => text.includes('[object'))).toEqual([]);
});
