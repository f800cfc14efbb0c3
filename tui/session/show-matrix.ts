import { type MatrixFolder, memberFolders } from '../../runtime/run/matrix-folder.ts';
import { matrixResults } from '../../runtime/run/matrix-results.ts';
import { readPlanFile } from '../../runtime/run/run-folder.ts';
import type { Context } from '../context.ts';
import { jsonDocument } from '../json/write.ts';
import { formatMatrix, matrixJson } from '../output/matrix-table.ts';

/** `exp show` of a sweep or of folds: how its runs stand, the best first. */
export function showMatrix(context: Context, matrix: MatrixFolder, json: boolean): void {
  const { id, info } = matrix;
  const results = matrixResults(matrix);
  const [first] = memberFolders(matrix);
  if (json || first === undefined) {
    context.stdout.write(jsonDocument('show', matrixJson({ id, experiment: info.experiment, results })));
    return;
  }
  const { plan } = readPlanFile(first.run.dir);
  const table = { id, experiment: info.experiment, results, plan, budget: info.budget, page: null };
  context.stdout.write(formatMatrix(table, context.terminal));
}
