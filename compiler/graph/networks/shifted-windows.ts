import type { GraphBuilder } from '../builder.ts';
import { elementCount } from '../shapes.ts';
import type { Value } from '../types.ts';
import type { Voxels } from './layers.ts';

/** Where the windows of one Swin stage lie, and which voxels of a window may attend to each other. */
export interface Windows {
  /** Edges of a window: the network's, or the image's side where that is smaller. */
  readonly edges: Voxels;
  /** What every second block rolls by: half a window, or nothing along an axis with only one. */
  readonly shift: Voxels;
  /** The image's sides, padded to whole windows. */
  readonly padded: Voxels;
  /** Windows of one image. */
  readonly count: number;
  /** Voxels of a window. */
  readonly size: number;
}

/** @see MONAI monai.networks.nets.swin_unetr.get_window_size */
export function windowsOf(sides: Voxels, windowSize: number): Windows {
  const edges = perAxis(sides, (side) => Math.min(side, windowSize));
  const shift = perAxis(sides, (side) => (side <= windowSize ? 0 : Math.floor(windowSize / 2)));
  const padded = perAxis(sides, (side) => Math.ceil(side / Math.min(side, windowSize)) * Math.min(side, windowSize));
  return { edges, shift, padded, size: elementCount(edges), count: elementCount(padded) / elementCount(edges) };
}

export function isShifted({ shift }: Windows): boolean {
  return shift.some((distance) => distance > 0);
}

function perAxis([depth, height, width]: Voxels, of: (side: number) => number): Voxels {
  return [of(depth), of(height), of(width)];
}

/** Added to the logits of two voxels that only the roll made neighbours. */
const MASKED = -100; // MONAI compute_mask

/** A window that the roll put together has at most two parts an axis. */
const REGIONS = 8;

/**
 * MONAI's shift mask, −100 between voxels of different regions, as eight more columns of queries and keys: the key's
 * columns are one-hot in its region, the query's are −100 but 0 in its own, so that their product is the mask. It costs a
 * wider product instead of a pass over all attention matrices, which are the largest tensors of the network.
 *
 * @returns two tensors [N · windows, heads, voxels of a window, 8], used by all shifted blocks of a stage
 * @see MONAI monai.networks.nets.swin_unetr.compute_mask
 */
export function shiftMask(g: GraphBuilder, windows: Windows, batch: number, heads: number): ShiftMask {
  const { count, size, padded, edges, shift } = windows;
  const name = `shift mask of ${padded} in ${edges} by ${shift}`;

  /** The columns of each voxel: `inside` in that of its own region, `outside` in the others. */
  function forAllHeads(part: string, inside: number, outside: number): Value {
    const columns = () => {
      const all = new Float32Array(count * size * REGIONS).fill(outside);
      regionOfEachVoxel(windows).forEach((region, voxel) => {
        all[voxel * REGIONS + region] = inside;
      });
      return all;
    };
    const oneHead = g.computedConstant(`${name}, ${part}`, 'float32', [1, count, 1, size, REGIONS], columns);
    return g.reshape(g.broadcastTo(oneHead, [batch, count, heads, size, REGIONS]), [
      batch * count,
      heads,
      size,
      REGIONS,
    ]);
  }

  return { queries: forAllHeads('queries', 0, MASKED), keys: forAllHeads('keys', 1, 0) };
}

export interface ShiftMask {
  readonly queries: Value;
  readonly keys: Value;
}

/**
 * For each voxel, window by window: one bit an axis, set where the roll brought it in from the other end. Voxels of one
 * window may attend to each other if their bits agree.
 */
function regionOfEachVoxel({ edges, shift, padded, count, size }: Windows): Uint8Array {
  const regions = new Uint8Array(count * size);
  const [d, h, w] = edges;
  const [depth, height, width] = padded;
  let voxel = 0;

  function bit(position: number, axis: 0 | 1 | 2): number {
    return shift[axis] > 0 && position >= padded[axis] - shift[axis] ? 1 : 0;
  }

  for (let z = 0; z < depth; z += d) {
    for (let y = 0; y < height; y += h) {
      for (let x = 0; x < width; x += w) {
        for (let i = z; i < z + d; i++) {
          for (let j = y; j < y + h; j++) {
            const rows = 4 * bit(i, 0) + 2 * bit(j, 1);
            for (let k = x; k < x + w; k++) regions[voxel++] = rows + bit(k, 2);
          }
        }
      }
    }
  }
  return regions;
}
