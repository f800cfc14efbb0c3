import type { ExperimentValues } from '../fields/experiment.ts';
import type { Triple } from '../fields/values/sizes.ts';
import { spatialDivisor } from '../graph/networks/table.ts';
import { modelOf } from '../plan/model.ts';
import { type RuleContext, rule } from './rule.ts';

/** What decides how much smaller than the patch a network's deepest level is. */
const DEPTH = ['model.name', 'model.blocksDown', 'model.strides'] as const;

const TIMES = ['never', 'once', 'twice', 'three times', 'four times', 'five times', 'six times'];

/** The sides have to be multiples of these. */
function factorsOf(model: ExperimentValues['model']): Triple {
  return spatialDivisor(modelOf(model, 2));
}

function nearest(side: number, factor: number): readonly number[] {
  const below = Math.floor(side / factor) * factor;
  return below === 0 ? [factor] : [below, below + factor];
}

function howItShrinks(factor: number): string {
  const count = Math.log2(factor);
  return Number.isInteger(count)
    ? `halves each side ${TIMES[count] ?? `${count} times`}`
    : `makes the side ${factor} times smaller`;
}

function checkSize(
  field: 'patch' | 'roi_size',
  path: string,
  size: Triple,
  model: ExperimentValues['model'],
  { report, spanOf }: RuleContext,
): void {
  const factors = factorsOf(model);
  const wrong = size.flatMap((side, axis) => {
    const factor = factors[axis] ?? 1;
    return side % factor === 0 ? [] : [{ side, factor }];
  });
  const [first] = wrong;
  if (first === undefined) return;
  // Of one complaint each factor: sides of the first one's.
  const sides = [...new Set(wrong.filter(({ factor }) => factor === first.factor).map(({ side }) => side))];
  const candidates = nearest(first.side, first.factor);
  const mended = size.map((side, axis) => {
    const factor = factors[axis] ?? 1;
    return Math.max(factor, Math.floor(side / factor) * factor);
  });
  const span = spanOf(path);
  const isValue = span.file.text.slice(span.start, span.end).trim() === size.join('x');
  report(
    'EXP3012',
    span,
    { field, size: size.join('x'), model: model.kind },
    {
      label:
        sides.length === 1
          ? `${first.side} is not a multiple of ${first.factor}`
          : `${sides.join(' and ')} are not multiples of ${first.factor}`,
      help: `${model.kind} ${howItShrinks(first.factor)}; the nearest ${
        candidates.length === 1 ? 'size is' : 'sizes are'
      } ${candidates.join(' and ')}`,
      ...(isValue ? { fix: { title: `${field}: ${mended.join('x')}`, span, replacement: mended.join('x') } } : {}),
    },
  );
}

export const patchFitsModel = rule(['patch', ...DEPTH], ({ patch, model }, context) => {
  checkSize('patch', 'patch', patch, model, context);
  // SegResNet normalises groups of channels, of which there are several even at one voxel.
  if (model.kind === 'SegResNet') return;
  const factors = factorsOf(model);
  if (patch.every((side, axis) => side === factors[axis])) {
    const help = `for example ${patch.map((side) => 2 * side).join('x')}`;
    context.report('EXP3015', 'patch', { size: patch.join('x'), model: model.kind }, { help });
  }
});

export const roiFitsModel = rule(['inference.roiSize', ...DEPTH], ({ inference, model }, context) => {
  if (inference.roiSize !== null) checkSize('roi_size', 'inference.roiSize', inference.roiSize, model, context);
});
