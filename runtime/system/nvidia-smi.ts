import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { hasErrorCode } from './error-code.ts';

/** What one GPU is doing; null where its driver does not say, as for the load of a MIG slice or the power of a laptop's GPU. */
export interface GpuUsage {
  readonly index: number;
  readonly utilizationPercent: number | null;
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
  readonly powerWatts: number | null;
  readonly powerLimitWatts: number | null;
}

const QUERY = 'index,utilization.gpu,memory.used,memory.total,power.draw,enforced.power.limit';
/** A driver in trouble hangs; the next sample asks again. */
const TIMEOUT_MS = 5_000;
/** `memory.used` is in MiB. */
const MEBIBYTE = 2 ** 20;

const run = promisify(execFile);

/** Asks `nvidia-smi`, the only interface to NVIDIA's driver that needs no library. A machine without it is asked once. */
export class NvidiaSmi {
  #isThere = true;

  /** Empty where there is no such GPU, or no answer this time. */
  async gpus(): Promise<readonly GpuUsage[]> {
    if (!this.#isThere) return [];
    try {
      const options = { timeout: TIMEOUT_MS, windowsHide: true };
      const { stdout } = await run('nvidia-smi', [`--query-gpu=${QUERY}`, '--format=csv,noheader,nounits'], options);
      return parseGpus(stdout);
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) this.#isThere = false;
      return [];
    }
  }
}

/** Lines such as `0, 97, 12345, 15360, 68.21, 70.00`; what is not known is `[N/A]`, `[Not Supported]` or `[Unknown Error]`. */
export function parseGpus(text: string): readonly GpuUsage[] {
  return text.split('\n').flatMap((line) => {
    const [index, utilization, used, total, power, limit] = line.split(',').map((cell) => numberOf(cell));
    if (index == null || limit === undefined) return [];
    return [
      {
        index,
        utilizationPercent: utilization ?? null,
        memoryUsedBytes: used == null ? null : used * MEBIBYTE,
        memoryTotalBytes: total == null ? null : total * MEBIBYTE,
        powerWatts: power ?? null,
        powerLimitWatts: limit,
      },
    ];
  });
}

function numberOf(cell: string): number | null {
  const text = cell.trim();
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
