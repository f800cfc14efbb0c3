import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { stateOfRun } from '../../../runtime/events/accumulate.ts';
import { casesCsv, casesJson, readCasesJson } from '../../../runtime/results/case-table.ts';
import { curvesPicture } from '../../../runtime/results/curves-picture.ts';
import { measuredCases } from '../../../runtime/results/write-results.ts';
import { bodyOf, recorded } from '../../helpers/run-events.ts';

const CASES = [
  { subject: 'sub-1, left', set: 'validation', metrics: { dice: 0.5, hausdorff95: 3 } },
  { subject: 'sub-2', set: 'test', metrics: { dice: 0.75 } },
] as const;

describe('the table of the cases', () => {
  it('is CSV with a line a case, and empty where there is no value', () => {
    expect(casesCsv(CASES)).toBe('case,set,dice,hausdorff95\r\n"sub-1, left",validation,0.5,3\r\nsub-2,test,0.75,\r\n');
  });

  it('is JSON that reads back', () => {
    expect([...readCasesJson(casesJson(CASES))]).toEqual([
      ['sub-1, left', { dice: 0.5, hausdorff95: 3 }],
      ['sub-2', { dice: 0.75 }],
    ]);
  });

  it('has the best validation, and the predictions at the end in their place', () => {
    const events = recorded(
      bodyOf('data', { subjects: { train: ['t'], validation: ['a', 'b'], test: ['c'] } }),
      ...[1, 2].flatMap((epoch) =>
        ['a', 'b'].map((subject) => bodyOf('validation_case', { epoch, subject, metrics: { dice: epoch / 10 } })),
      ),
      bodyOf('prediction', { subject: 'b', metrics: { dice: 0.9 } }),
      bodyOf('prediction', { subject: 'c', metrics: { dice: 0.8 } }),
    );
    expect(measuredCases(events, 1)).toEqual([
      { subject: 'a', set: 'validation', metrics: { dice: 0.1 } },
      { subject: 'b', set: 'validation', metrics: { dice: 0.9 } },
      { subject: 'c', set: 'test', metrics: { dice: 0.8 } },
    ]);
  });
});

describe('the picture of the curves', () => {
  const validated = (epoch: number, value: number) =>
    bodyOf('validation_finished', { epoch, step: epoch, metrics: { 'val.dice': value }, best: true });
  const size = (picture: Uint8Array) => {
    const { width, height } = decode(picture);
    return [width, height];
  };

  it('has a panel for each metric, two in a row', () => {
    const epochs = [1, 2, 3].map((epoch) =>
      bodyOf('epoch_finished', { epoch, step: epoch, metrics: { 'train.loss': 1 / epoch } }),
    );
    const state = stateOfRun(recorded(bodyOf('run_started'), ...epochs, validated(3, 0.7)));
    expect(size(curvesPicture(state))).toEqual([1280, 360]);
    expect(size(curvesPicture(stateOfRun(recorded(bodyOf('run_started'), validated(1, 0.5)))))).toEqual([640, 360]);
  });

  it('draws the curve from where the metric was to where it went', () => {
    const picture = decode(
      curvesPicture(stateOfRun(recorded(bodyOf('run_started'), validated(1, 0), validated(2, 1)))),
    );
    const isBlue = (x: number, y: number) => {
      const at = (y * picture.width + x) * 3;
      return (picture.data[at + 2] ?? 0) > 200 && (picture.data[at] ?? 255) < 100;
    };
    const column = (x: number) => Array.from({ length: picture.height }, (_, y) => y).filter((y) => isBlue(x, y));
    const [left, right] = [column(110), column(600)];
    expect(left.length).toBeGreaterThan(0);
    expect(Math.min(...left)).toBeGreaterThan(Math.max(...right));
  });

  it('has the same epochs in every panel, and no axis below 0 for what is never negative', () => {
    const loss = (epoch: number, value: number) =>
      bodyOf('epoch_finished', { epoch, step: epoch, metrics: { 'train.loss': value } });
    const drawn = (...events: readonly ReturnType<typeof loss>[]) =>
      decode(curvesPicture(stateOfRun(recorded(bodyOf('run_started'), ...events))));
    // Dice of epoch 2 alone stands in the middle of epochs 1 to 3.
    const picture = drawn(loss(1, 1), validated(2, 0), loss(3, 0.5));
    const isOrange = (x: number, y: number) => {
      const at = (y * picture.width + x) * 3;
      return (picture.data[at] ?? 0) > 200 && (picture.data[at + 1] ?? 255) < 130 && (picture.data[at + 2] ?? 255) < 60;
    };
    const middle = (96 + (640 - 24)) / 2;
    const bottom = 360 - 44;
    expect([isOrange(middle, bottom - 1), isOrange(middle, bottom - 12)]).toEqual([true, false]);
  });

  it('knows nothing of a validation that somebody asked for', () => {
    const asked = bodyOf('validation_finished', { epoch: 1, step: 1, metrics: { 'val.dice': 0.1 }, asked: true });
    const counted = [validated(2, 0.5), validated(3, 0.6)];
    const [withIt, without] = [[asked, ...counted], counted].map((events) =>
      curvesPicture(stateOfRun(recorded(bodyOf('run_started'), ...events))),
    );
    expect(withIt).toEqual(without);
  });

  it.each([
    ['no epoch', []],
    ['one value', [0.5]],
    ['the same value', [0.5, 0.5]],
    ['no number', [Number.NaN, Number.NaN]],
  ])('is a picture where there is %s', (_, values) => {
    const events = values.map((value, index) => validated(index + 1, value));
    expect(size(curvesPicture(stateOfRun(recorded(bodyOf('run_started'), ...events))))).toEqual([640, 360]);
  });
});
