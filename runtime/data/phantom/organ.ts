import { affineFrom } from '../affine.ts';
import { type RandomStream, randomStream } from '../random.ts';
import type { LabelVolume, Vec3, Volume } from '../types.ts';

/**
 * A phantom: a body with soft texture in empty air, in it one bright organ (an ellipsoid whose surface undulates) and a few
 * dimmer blobs that are no organ, under Gaussian noise. Intensities have a scale of their own in every subject, as MRI does.
 */
export interface Phantom {
  /** One a channel, on one grid. */
  readonly images: readonly [Volume, ...Volume[]];
  readonly label: LabelVolume;
}

/** How an image of a subject shows organ and blobs, in units of the body's mean intensity. */
export const PHANTOM_CONTRASTS = [
  { suffix: 'T1w', organ: 0.9, blob: 0.35 },
  { suffix: 'T2w', organ: 0.4, blob: 0.8 },
  { suffix: 'FLAIR', organ: 0.6, blob: -0.3 },
  { suffix: 'PDw', organ: -0.4, blob: 0.2 },
] as const;
const TEXTURE = 0.12;
const NOISE = 0.12;
/** Width of the organ's soft edge, as a part of its radius. */
const EDGE = 0.06;

interface Ellipsoid {
  readonly centre: Vec3;
  readonly radii: Vec3;
}

function between(random: RandomStream, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

function triple(make: () => number): Vec3 {
  return [make(), make(), make()];
}

/** Distance from the centre in units of the radii: 1 on the surface. */
function radius({ centre, radii }: Ellipsoid, x: number, y: number, z: number): number {
  return Math.hypot((x - centre[0]) / radii[0], (y - centre[1]) / radii[1], (z - centre[2]) / radii[2]);
}

/** Smooth waves along each axis, whose product and sum make the texture of tissue. */
function waves(random: RandomStream, shape: Vec3, spacing: Vec3): readonly [Float64Array, Float64Array, Float64Array] {
  const wave = (axis: 0 | 1 | 2) => {
    const [fast, slow] = [between(random, 6, 12), between(random, 20, 40)];
    const [p, q] = [between(random, 0, 2 * Math.PI), between(random, 0, 2 * Math.PI)];
    return Float64Array.from({ length: shape[axis] }, (_, i) => {
      const mm = i * spacing[axis];
      return 0.5 * Math.sin((2 * Math.PI * mm) / fast + p) + 0.5 * Math.sin((2 * Math.PI * mm) / slow + q);
    });
  };
  return [wave(0), wave(1), wave(2)];
}

/**
 * One subject, in RAS. The same seed, subject and size give the same voxels.
 *
 * @param size voxels along an edge, about: each subject's edges run from 85 to 110 % of it
 * @param channels images of the subject; the first does not depend on how many there are
 */
export function makePhantom(seed: number, subject: number, size: number, channels = 1): Phantom {
  const random = randomStream({ seed, purpose: 'phantom', item: subject });
  const spacing = triple(() => Math.round(between(random, 0.8, 1.4) * 20) / 20);
  const shape = triple(() => Math.max(8, Math.round(size * between(random, 0.85, 1.1))));
  const extent: Vec3 = [shape[0] * spacing[0], shape[1] * spacing[1], shape[2] * spacing[2]];
  const place = (low: number, high: number): Vec3 => [
    between(random, low, high) * extent[0],
    between(random, low, high) * extent[1],
    between(random, low, high) * extent[2],
  ];

  const body: Ellipsoid = { centre: place(0.48, 0.52), radii: place(0.46, 0.52) };
  const organ: Ellipsoid = { centre: place(0.38, 0.62), radii: place(0.17, 0.26) };
  const blobs = Array.from({ length: 3 }, (): Ellipsoid => ({ centre: place(0.2, 0.8), radii: place(0.06, 0.11) }));
  const [lobes, depth, phase] = [2 + random.integer(3), between(random, 0.04, 0.1), between(random, 0, 2 * Math.PI)];
  const [wx, wy, wz] = waves(random, shape, spacing);
  const intensityScale = 10 ** between(random, 1.5, 4);

  const voxels = shape[0] * shape[1] * shape[2];
  const contrasts = PHANTOM_CONTRASTS.slice(0, channels).map((contrast, channel) => {
    // The first draws on from what made the anatomy.
    const own = channel === 0 ? random : randomStream({ seed, purpose: 'phantom', item: subject, occurrence: channel });
    const scale = channel === 0 ? intensityScale : 10 ** between(own, 1.5, 4);
    return { ...contrast, random: own, scale, data: new Float32Array(voxels) };
  });
  const label = new Uint8Array(voxels);
  let i = 0;
  for (let ix = 0; ix < shape[0]; ix++) {
    for (let iy = 0; iy < shape[1]; iy++) {
      const [x, y] = [ix * spacing[0], iy * spacing[1]];
      const angle = Math.atan2(y - organ.centre[1], x - organ.centre[0]);
      const undulation = 1 + depth * Math.sin(lobes * angle + phase);
      for (let iz = 0; iz < shape[2]; iz++, i++) {
        const z = iz * spacing[2];
        if (radius(body, x, y, z) > 1) continue;
        const r = radius(organ, x, y, z) / undulation;
        if (r <= 1) label[i] = 1;
        const texture = TEXTURE * ((wx[ix] ?? 0) * (wy[iy] ?? 0) + (wz[iz] ?? 0));
        const isBlob = blobs.some((blob) => radius(blob, x, y, z) <= 1);
        for (const { organ: contrast, blob, random: noise, scale, data } of contrasts) {
          const organPart = contrast / (1 + Math.exp((r - 1) / EDGE));
          const blobPart = isBlob ? blob : 0;
          const brighter = Math.abs(organPart) > Math.abs(blobPart) ? organPart : blobPart;
          const value = 1 + texture + brighter + NOISE * noise.normal();
          data[i] = Math.round(Math.max(0.01, value) * scale);
        }
      }
    }
  }
  const origin: Vec3 = [-extent[0] / 2, -extent[1] / 2, -extent[2] / 2];
  const affine = affineFrom((r, c) => (c === 3 ? (origin[r] ?? 0) : r === c ? (spacing[r] ?? 1) : 0));
  const [first, ...others] = contrasts.map(({ data }): Volume => ({ shape, affine, data }));
  if (first === undefined) throw new RangeError('a phantom has at least one channel');
  return { images: [first, ...others], label: { shape, affine, data: label } };
}
