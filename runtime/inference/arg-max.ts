/**
 * The most probable class of each voxel: [N, K] → [N]. The first wins a tie, as torch.argmax.
 *
 * @param labels takes the classes, from `offset` on
 */
export function argMaxInto(probabilities: Float32Array, classes: number, labels: Uint8Array, offset = 0): void {
  const voxels = probabilities.length / classes;
  for (let i = 0, at = 0; i < voxels; i++, at += classes) {
    let best = 0;
    let most = probabilities[at] ?? 0;
    for (let k = 1; k < classes; k++) {
      const value = probabilities[at + k] ?? 0;
      if (value > most) {
        best = k;
        most = value;
      }
    }
    labels[offset + i] = best;
  }
}
