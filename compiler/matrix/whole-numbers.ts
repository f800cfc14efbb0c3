import { hasErrors } from '../../dsl/diagnostic.ts';
import type { BoundBody } from '../bind/bound.ts';
import type { Scope } from '../bind/context.ts';
import type { Parameters } from '../bind/parameters.ts';
import { applyOverride } from '../resolve/apply-override.ts';
import type { Axis } from './axis.ts';

/**
 * Whether a range stands for whole numbers. The setting itself is asked: `model.init_filters` refuses the middle of 8 and 9,
 * `optimizer.learning_rate` takes it. A parameter takes any number, so there the bounds decide.
 */
export function takesWholeNumbers(axis: Axis, body: BoundBody, scope: Scope, parameters: Parameters): boolean {
  const { values } = axis;
  if (values.kind === 'list') return false;
  if (!Number.isInteger(values.from) || !Number.isInteger(values.to)) return false;
  if (parameters.has(axis.path)) return true;
  const refuses = (value: number): boolean => {
    const { override } = values.at(value);
    let refused = false;
    applyOverride(body, override, {
      ...scope,
      layer: override.layer,
      report: (diagnostic) => {
        refused ||= hasErrors([diagnostic]);
      },
    });
    return refused;
  };
  return refuses(values.from + 0.5) && !refuses(values.from);
}
