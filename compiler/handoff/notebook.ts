import { createHash } from 'node:crypto';

/** A Jupyter notebook in the format 4.5, the same bytes for the same cells. */

export type NotebookCell = { readonly kind: 'markdown' | 'code'; readonly source: string };

export function notebook(cells: readonly NotebookCell[], metadata: Readonly<Record<string, unknown>>): string {
  const content = {
    cells: cells.map(({ kind, source }, index) => ({
      cell_type: kind,
      id: cellId(source, index),
      metadata: {},
      ...(kind === 'code' ? { execution_count: null, outputs: [] } : {}),
      source: source.split(/(?<=\n)/),
    })),
    metadata: {
      kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
      language_info: { name: 'python' },
      ...metadata,
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}

/** Of the text, so that a cell that stays keeps its id; of the place, so that two are never the same. */
function cellId(source: string, index: number): string {
  return `${index + 1}-${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
}
