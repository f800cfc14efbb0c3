import { readFileSync } from 'node:fs';

/**
 * Whether oneDNN has its AVX-512 kernels here. Other x86 CPUs fall back to slower ones for some gradients.
 *
 * Read from the kernel, as neither Node nor TensorFlow's binding tells. Where it cannot be read, the answer is yes, which
 * leaves the choice of algorithm to oneDNN.
 */
export function hasAvx512(): boolean {
  if (process.arch !== 'x64' || process.platform !== 'linux') return true;
  try {
    return /^flags\b.*\bavx512f\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return true;
  }
}
