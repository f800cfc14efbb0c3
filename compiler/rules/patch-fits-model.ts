import type { ExperimentValues } from '../fields/experiment.ts';
import type { Triple } from '../fields/values/sizes.ts';
import { type RuleContext, rule } from './rule.ts';

/** How often a network halves each side: the patch has to be divisible by two that often. */
export function halvings(model: ExperimentValues['model']): number {
  // SwinUNETR: the patch embedding and four stages of patch merging.
  return model.kind === 'SwinUNETR' ? 5 : model.settings.blocksDown.length - 1;
}

const TIMES = ['never', 'once', 'twice', 'three times', 'four times', 'five times', 'six times'];

function nearest(side: number, factor: number): readonly number[] {
  const below = Math.floor(side / factor) * factor;
  return below === 0 ? [factor] : [below, below + factor];
}

function checkSize(
  field: 'patch' | 'roi_size',
  path: string,
  size: Triple,
  model: ExperimentValues['model'],
  { report, spanOf }: RuleContext,
): void {
  const count = halvings(model);
  const factor = 2 ** count;
  const wrong = [...new Set(size.filter((side) => side % factor !== 0))];
  const [first] = wrong;
  if (first === undefined) return;
  const candidates = nearest(first, factor);
  const mended = size.map((side) =>
    side % factor === 0 ? side : Math.max(factor, Math.floor(side / factor) * factor),
  );
  const span = spanOf(path);
  const isValue = span.file.text.slice(span.start, span.end).trim() === size.join('x');
  report(
    'EXP3012',
    span,
    { field, size: size.join('x'), model: model.kind },
    {
      label:
        wrong.length === 1
          ? `${first} is not a multiple of ${factor}`
          : `${wrong.join(' and ')} are not multiples of ${factor}`,
      help: `${model.kind} halves each side ${TIMES[count] ?? `${count} times`}; the nearest ${
        candidates.length === 1 ? 'size is' : 'sizes are'
      } ${candidates.join(' and ')}`,
      ...(isValue ? { fix: { title: `${field}: ${mended.join('x')}`, span, replacement: mended.join('x') } } : {}),
    },
  );
}

export const patchFitsModel = rule(['patch', 'model.name', 'model.blocksDown'], ({ patch, model }, context) => {
  checkSize('patch', 'patch', patch, model, context);
  if (model.kind === 'SwinUNETR' && patch.every((side) => side === 32)) {
    context.report('EXP3015', 'patch', { size: patch.join('x') }, { help: 'for example 64x64x64' });
  }
});

export const roiFitsModel = rule(
  ['inference.roiSize', 'model.name', 'model.blocksDown'],
  ({ inference, model }, context) => {
    if (inference.roiSize !== null) checkSize('roi_size', 'inference.roiSize', inference.roiSize, model, context);
  },
);
