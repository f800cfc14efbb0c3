import { readFileSync, statfsSync } from 'node:fs';
import { cpus } from 'node:os';

/** What the whole machine is doing, as `psutil` and MLflow's system metrics count it. */

export interface DiskUsage {
  readonly usedBytes: number;
  /** For us, without what is kept for root. */
  readonly availableBytes: number;
}

export interface NetworkUsage {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** Milliseconds of all processors since the start of the machine. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

export function cpuTimes(): CpuTimes {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    busy += all - times.idle;
    total += all;
  }
  return { busy, total };
}

/** 0 to 100, of all processors between two moments; null where no time has passed. */
export function cpuPercentBetween(before: CpuTimes, after: CpuTimes): number | null {
  const total = after.total - before.total;
  return total <= 0 ? null : Math.min(100, Math.max(0, (100 * (after.busy - before.busy)) / total));
}

/** Of the file system that a folder lies in; null where it cannot be asked. */
export function diskUsage(folder: string): DiskUsage | null {
  try {
    const { bsize, blocks, bfree, bavail } = statfsSync(folder);
    return { usedBytes: (blocks - bfree) * bsize, availableBytes: bavail * bsize };
  } catch {
    return null;
  }
}

/** Of all interfaces since the start of the machine; null where the system does not count them in /proc/net/dev. */
export function networkUsage(): NetworkUsage | null {
  try {
    return parseNetwork(readFileSync('/proc/net/dev', 'utf8'));
  } catch {
    return null;
  }
}

/** `  eth0: 1234 …7 more… 5678 …`: bytes received are the first number, bytes sent the ninth. */
export function parseNetwork(text: string): NetworkUsage {
  let [receivedBytes, sentBytes] = [0, 0];
  for (const line of text.split('\n')) {
    const [, counts] = /^\s*[^\s:]+:\s*(.*)$/.exec(line) ?? [];
    if (counts === undefined) continue;
    const numbers = counts.trim().split(/\s+/).map(Number);
    receivedBytes += numbers[0] ?? 0;
    sentBytes += numbers[8] ?? 0;
  }
  return { receivedBytes, sentBytes };
}
