import { partCounts } from '../plan/counts.ts';
import { rule } from './rule.ts';
import { mostSubjects } from './subjects.ts';

/** Where the file says how many subjects there are, every fold has one to validate. */
export const foldsFitSubjects = rule(
  ['folds', 'dataset.fold', 'dataset.subjects', 'dataset.exclude', 'dataset.split'],
  ({ folds, dataset }, { report, spanOf }) => {
    const { subjects, split } = dataset.settings;
    const known = mostSubjects(dataset);
    if (folds === null || known === null) return;
    const available = known - partCounts(known, { split, fold: null }).test;
    if (available >= folds) return;
    const related = [
      { span: spanOf(subjects === null ? 'dataset' : 'dataset.subjects'), message: `${known} subjects` },
      { span: spanOf('dataset.split'), message: 'the test part is kept apart' },
    ];
    report(
      'EXP3009',
      'dataset.fold',
      { folds, available },
      { related: split.test > 0 ? related : related.slice(0, 1) },
    );
  },
);
