import { readFileSync } from 'node:fs';

/**
 * Whether oneDNN has its AVX-512 kernels here. Other x86 CPUs fall back to slower ones for some gradients.
 *
 * Where it cannot be read, the answer is yes, which leaves the choice of algorithm to oneDNN.
 */
export function hasAvx512(): boolean {
  return process.arch !== 'x64' || (flags()?.has('avx512f') ?? true);
}

/** As Linux names them, of x86 and of ARM. */
const BFLOAT16 = ['avx512_bf16', 'amx_bf16', 'bf16'];

/** Whether oneDNN multiplies in bfloat16 here without emulating it. macOS has no oneDNN; where it cannot be read, the answer is yes. */
export function hasBfloat16(): boolean {
  if (process.platform === 'darwin') return false;
  const known = flags();
  return known === null || BFLOAT16.some((flag) => known.has(flag));
}

/** Read from the kernel, as neither Node nor TensorFlow's binding tells; null where it does not tell. */
function flags(): ReadonlySet<string> | null {
  if (process.platform !== 'linux') return null;
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    return line === undefined ? null : new Set(line.trim().split(' '));
  } catch {
    return null;
  }
}
