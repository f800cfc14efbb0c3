import { partCounts } from '../plan/counts.ts';
import { rule } from './rule.ts';
import { mostSubjects } from './subjects.ts';

const PARTS = ['train', 'validation', 'test'] as const;
const PART_WORDS = { train: 'training', validation: 'validation', test: 'the test set' } as const;
/** Enough for any split that a study would use. */
const MOST = 1000;

/** Training and validation need a share of the subjects. */
export const splitNamesParts = rule(['dataset.split'], ({ dataset }, { report }) => {
  const { train, validation } = dataset.settings.split;
  const without = train === 0 ? 'train' : validation === 0 ? 'validation' : null;
  if (without === null) return;
  report('EXP3002', 'dataset.split', { part: PART_WORDS[without] }, { help: 'for example `split: 70% / 15% / 15%`' });
});

/** Where the file says how many subjects there are, each share comes to one at least. */
export const splitFillsParts = rule(
  ['dataset.split', 'dataset.subjects', 'dataset.exclude', 'dataset.source', 'folds'],
  ({ dataset, folds }, { report, spanOf }) => {
    const { split } = dataset.settings;
    const subjects = mostSubjects(dataset);
    const isIncomplete =
      split.train === 0 || split.validation === 0 || split.train + split.validation + split.test > 1.01;
    if (subjects === null || folds !== null || isIncomplete) return;
    const emptyPart = (count: number) => {
      const counts = partCounts(count, { split, fold: null });
      return PARTS.find((part) => split[part] > 0 && counts[part] <= 0);
    };
    const empty = emptyPart(subjects);
    if (empty === undefined) return;
    let enough = subjects + 1;
    while (enough < MOST && emptyPart(enough) !== undefined) enough++;
    report(
      'EXP3002',
      dataset.settings.subjects === null ? 'dataset' : 'dataset.subjects',
      { part: PART_WORDS[empty] },
      {
        label: `${subjects} ${subjects === 1 ? 'subject' : 'subjects'} in all`,
        related: [{ span: spanOf('dataset.split'), message: 'the split' }],
        help: `with this split the fewest are ${enough}; or give each part a larger share`,
      },
    );
  },
);
