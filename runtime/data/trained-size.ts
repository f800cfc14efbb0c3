import type { Plan } from '../../compiler/plan/schema.ts';
import { parseOrientation } from './transforms/orientation.ts';
import type { Vec3 } from './types.ts';

/** How a volume lies in its file. */
export interface GridFacts {
  readonly shape: Vec3;
  /** Millimetres. */
  readonly spacing: Vec3;
  /** Axis codes, such as `RAS`. */
  readonly orientation: string;
}

/** What a run makes of every volume before it trains on it. */
export type GridSettings = Pick<Plan['dataset'], 'orientation' | 'spacing'>;

/** Voxels a side as a run trains on a volume: turned to its orientation and resampled to its spacing, before background is cut away. */
export function trainedSize({ shape, spacing, orientation }: GridFacts, settings: GridSettings): Vec3 {
  const given = parseOrientation(orientation);
  const order =
    settings.orientation === null
      ? [0, 1, 2]
      : parseOrientation(settings.orientation).map(({ axis }) =>
          given.findIndex((direction) => direction.axis === axis),
        );
  const side = (axis: 0 | 1 | 2) => {
    const from = order[axis] ?? axis;
    const factor = settings.spacing === null ? 1 : (spacing[from] ?? 1) / settings.spacing[axis];
    return Math.round(((shape[from] ?? 1) - 1) * factor) + 1;
  };
  return [side(0), side(1), side(2)];
}
