import { partSizes } from '../plan/part-sizes.ts';
import { rule } from './rule.ts';
import { mostSubjects } from './subjects.ts';

const PARTS = { train: 'training', validation: 'validation', test: 'the test set' } as const;
/** Enough for any split that a study would use. */
const MOST = 1000;

/** Training and validation need a share, and each share at least one of the subjects. */
export const splitFillsParts = rule(
  ['dataset.split', 'dataset.subjects', 'dataset.source'],
  ({ dataset }, { report, spanOf }) => {
    const { split } = dataset.settings;
    const sum = split.train + split.validation + split.test;
    // Reported already, by `splitAddsUp`.
    if (sum > 1.001 || sum < 0.999) return;
    const without = split.train === 0 ? 'train' : split.validation === 0 ? 'validation' : null;
    if (without !== null) {
      const help = 'for example `split: 70% / 15% / 15%`';
      report('EXP3002', 'dataset.split', { part: PARTS[without] }, { help });
      return;
    }
    const subjects = mostSubjects(dataset);
    if (subjects === null) return;
    const isEmpty = (part: keyof typeof PARTS, count: number) => split[part] > 0 && partSizes(count, split)[part] === 0;
    const empty = (['train', 'validation', 'test'] as const).find((part) => isEmpty(part, subjects));
    if (empty === undefined) return;
    const parts = Object.keys(PARTS) as (keyof typeof PARTS)[];
    let enough = subjects + 1;
    while (enough < MOST && parts.some((part) => isEmpty(part, enough))) enough++;
    const at = dataset.settings.subjects === null ? 'dataset' : 'dataset.subjects';
    report(
      'EXP3002',
      at,
      { part: PARTS[empty] },
      {
        label: `${subjects} ${subjects === 1 ? 'subject' : 'subjects'} in all`,
        related: [{ span: spanOf('dataset.split'), message: 'the split' }],
        help: `with this split the fewest are ${enough}; or give each part a larger share`,
      },
    );
  },
);
