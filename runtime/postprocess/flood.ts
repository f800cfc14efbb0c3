import type { Vec3 } from '../data/types.ts';

/** Offsets that are still to be visited; grows as it must. */
class Stack {
  #items = new Int32Array(1024);
  #size = 0;

  push(item: number): void {
    if (this.#size === this.#items.length) {
      const larger = new Int32Array(2 * this.#size);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#size++] = item;
  }

  pop(): number | undefined {
    return this.#size === 0 ? undefined : this.#items[--this.#size];
  }
}

/**
 * Visits a voxel and everything that is connected to it by faces.
 *
 * @param enter takes a voxel's offset; true where the flood goes on, at most once for each voxel
 * @returns how many voxels it entered
 */
export function flood(start: number, [nx, ny, nz]: Vec3, enter: (voxel: number) => boolean): number {
  const stack = new Stack();
  let entered = 0;
  const visit = (voxel: number) => {
    if (!enter(voxel)) return;
    entered++;
    stack.push(voxel);
  };
  visit(start);
  for (let voxel = stack.pop(); voxel !== undefined; voxel = stack.pop()) {
    const z = voxel % nz;
    const y = Math.floor(voxel / nz) % ny;
    const x = Math.floor(voxel / (ny * nz));
    if (x > 0) visit(voxel - ny * nz);
    if (x < nx - 1) visit(voxel + ny * nz);
    if (y > 0) visit(voxel - nz);
    if (y < ny - 1) visit(voxel + nz);
    if (z > 0) visit(voxel - 1);
    if (z < nz - 1) visit(voxel + 1);
  }
  return entered;
}
