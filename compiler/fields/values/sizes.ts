import type { Expression, NumberLiteral } from '../../../dsl/ast.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import type { Scalar } from '../field.ts';
import { read } from '../reader.ts';
import { mismatch } from './describe.ts';
import { type Bounds, checkBounds, describeBounds, integer } from './numbers.ts';
import { describeUnit } from './units.ts';

export type Triple = readonly [number, number, number];

function triple(options: {
  readonly describe: string;
  readonly example: string;
  readonly unit: string | null;
  readonly bounds: Bounds;
  readonly whole: boolean;
}): Scalar<Triple> {
  const { describe, example, unit, bounds, whole } = options;
  return {
    kind: 'scalar',
    describe,
    example,
    words: [],
    textual: false,
    unit: unit ?? 'voxels',
    constraint: `each side ${describeBounds(bounds)}`,
    write: (sides) => `${sides.join('x')}${unit === null ? '' : ` ${unit}`}`,
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind !== 'triple') return mismatch(reader, value, describe, example, meantSize(value, unit));
      if (value.unit !== unit) {
        const expected = unit === null ? 'voxels, without a unit' : 'millimetres';
        const found = value.unit === null ? 'plain numbers' : describeUnit(value.unit);
        const fix =
          value.unit === null && unit !== null
            ? { fix: { title: `add \`${unit}\``, span: value.span, replacement: `${sizeText(value.parts)} ${unit}` } }
            : {};
        reader.report(
          reportName(
            'EXP2202',
            value.span,
            { field: reader.field, expected, found },
            {
              help: `for example \`${example}\``,
              ...fix,
            },
          ),
        );
        return null;
      }
      const parts: number[] = [];
      for (const part of value.parts) {
        if (!Number.isFinite(part.value) || (whole && !Number.isSafeInteger(part.value))) {
          return mismatch(reader, value, describe, example);
        }
        const checked = checkBounds(reader, part, part.value, bounds);
        if (checked === null) return null;
        parts.push(checked.value);
      }
      const [x, y, z] = parts;
      return x === undefined || y === undefined || z === undefined ? null : read([x, y, z] as const);
    },
  };
}

/** `[96, 96, 96]` and `1, 1, 3`, as Python has them, and `96` for all three axes; null for everything else. */
function meantSize(value: Expression, unit: string | null): string | null {
  const listed = value.kind === 'list' || value.kind === 'sequence' ? value.items : [value, value, value];
  const sides = listed.flatMap((each) =>
    each.kind === 'number' && (each.unit === null || each.unit === unit) ? [String(each.value)] : [],
  );
  if (listed.length !== 3 || sides.length !== 3) return null;
  return `${sides.join('x')}${unit === null ? '' : ` ${unit}`}`;
}

function sizeText(parts: readonly NumberLiteral[]): string {
  return parts.map((part) => part.text).join('x');
}

/** A size in voxels: `96x96x96`. The largest side keeps a patch's voxel count within what an array can index. */
export const voxels: Scalar<Triple> = triple({
  describe: 'a size in voxels',
  example: '96x96x96',
  unit: null,
  bounds: { min: 1, max: 1024 },
  whole: true,
});

/** Voxel edge lengths: `1.0x1.0x2.5 mm`. */
export const spacing: Scalar<Triple> = triple({
  describe: 'a spacing in millimetres',
  example: '1.0x1.0x1.0 mm',
  unit: 'mm',
  bounds: { above: 0, max: 100 },
  whole: false,
});

/** An edge for all three axes, or one for each: `3`, `3x3x1`. */
export function edges(bounds: {
  readonly min: number;
  readonly max: number;
  readonly example: string;
}): Scalar<Triple> {
  const { example } = bounds;
  const one = integer(bounds);
  const three = triple({ describe: 'a size of three parts', example: '3x3x1', unit: null, bounds, whole: true });
  return {
    ...three,
    describe: 'a whole number, or one for each axis',
    example,
    write: (sides) => (sides.every((side) => side === sides[0]) ? String(sides[0]) : sides.join('x')),
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind === 'triple') return three.read(value, reader);
      const edge = one.read(value, reader);
      return edge === null ? null : read([edge.value, edge.value, edge.value] as const);
    },
  };
}
