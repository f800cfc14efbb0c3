import { nearestName } from '../../../dsl/edit-distance.ts';
import { DataError } from '../../errors.ts';
import type { SearchedDataset } from './found-dataset.ts';

/**
 * Leaves out what `dataset.exclude` names: subjects, or single images of a subject that has several, by their ids.
 *
 * @throws DataError EXP4101 where a name is none of the data set's
 */
export function withoutExcluded(searched: SearchedDataset, exclude: readonly string[]): SearchedDataset {
  const { root, cases, missing } = searched;
  const names = new Set([...cases, ...missing].flatMap(({ id, subject }) => [subject, id]));
  const unknown = exclude.find((name) => !names.has(name));
  if (unknown !== undefined) throw noSuchSubject(root, unknown, [...names].sort());
  const left = new Set(exclude);
  const stays = ({ id, subject }: { readonly id: string; readonly subject: string }) =>
    !left.has(subject) && !left.has(id);
  return { ...searched, cases: cases.filter(stays), missing: missing.filter(stays) };
}

function noSuchSubject(root: string, name: string, names: readonly string[]): DataError {
  const meant = names.find((each) => each === `sub-${name}`) ?? nearestName(name, names);
  const listed = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  return new DataError(
    'EXP4101',
    root,
    `\`exclude\` names ${name}, which is no subject of ${root}; it has ${listed.join(', ')}`,
    {
      planPath: 'dataset.exclude',
      help: meant === null ? 'name subjects as their folders or files are called' : `did you mean "${meant}"?`,
    },
  );
}
