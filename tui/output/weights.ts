import type { ImportReport } from '../../runtime/weights/import-weights.ts';
import type { WeightsFile } from '../../runtime/weights/types.ts';
import { formatCount, plural } from '../format/quantities.ts';
import { columns } from './table.ts';

/** `exp weights inspect` and `exp weights import` in words. */

export function inspection(file: WeightsFile) {
  const { path, format, wrapper, metadata } = file;
  const tensors = [...file.tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const elements = tensors.reduce((total, { shape }) => total + elementsOf(shape), 0);
  return { path, format, wrapper, metadata, elements, tensors };
}

export function formatInspection({
  path,
  format,
  wrapper,
  metadata,
  elements,
  tensors,
}: ReturnType<typeof inspection>): string {
  const under = wrapper === null ? '' : `, under \`${wrapper}\``;
  const rows = tensors.map(({ name, dtype, shape }) => [name, dtype, shapeText(shape)]);
  return lines([
    `${path}: ${format}${under}, ${plural(tensors.length, 'tensor')}, ${formatCount(elements)} elements`,
    ...Object.entries(metadata).map(([key, value]) => `${key}: ${value}`),
    ...columns(rows),
  ]);
}

/** What matched as a count, what did not tensor by tensor, with why. */
export function formatImport(report: ImportReport): string {
  const { path, format, wrapper, prefix, model, matched, shapes, missing, unexpected, ignored, written } = report;
  const under = wrapper === null ? '' : `, under \`${wrapper}\``;
  const without = prefix === '' ? '' : `, names without \`${prefix}\``;
  const total = matched.length + shapes.length + missing.length;
  const rows = [
    ...shapes.map(({ tensor, found, expected }) => [
      'shape',
      tensor,
      `${shapeText(found)} instead of ${shapeText(expected)}`,
    ]),
    ...missing.map((parameter) => ['missing', parameter, 'not in the file']),
    ...unexpected.map((tensor) => ['unexpected', tensor, `${model} has no such parameter`]),
    ...ignored.map((tensor) => ['ignored', tensor, 'a buffer or a second name']),
  ];
  return lines([
    `${path}: ${format}${under}${without}`,
    `${matched.length} of ${plural(total, 'tensor')} of ${model} matched`,
    ...columns(rows),
    ...(written === null ? [] : [`wrote ${written}`]),
  ]);
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
