import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';

/** Memory of this machine, or of the container or batch job that we are confined to: what the kernel kills us over. */

export interface MemoryState {
  readonly totalBytes: number;
  readonly usedBytes: number;
}

const CGROUPS = '/sys/fs/cgroup';

/**
 * Folders that may tell of our own memory group, the nearest first. A container sees its group as the root; SLURM and
 * systemd put a job below it.
 *
 * @param listed `/proc/self/cgroup`: lines of number, controllers, path
 * @see cgroups(7)
 */
export function memoryGroups(listed: string): readonly string[] {
  const own = [...listed.matchAll(/^\d+:([^:]*):(\/.+)$/gm)].flatMap(([, controllers = '', path = '']) => {
    if (controllers === '') return [`${CGROUPS}${path}`];
    return controllers.split(',').includes('memory') ? [`${CGROUPS}/memory${path}`] : [];
  });
  return [...own, CGROUPS, `${CGROUPS}/memory`];
}

function ownMemoryGroups(): readonly string[] {
  try {
    return memoryGroups(readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return memoryGroups('');
  }
}

export function memoryState(): MemoryState {
  const machine = { totalBytes: totalmem(), usedBytes: totalmem() - availableBytes() };
  const limit = process.constrainedMemory();
  // Without a limit Node reports 0 or an absurdly large number.
  if (!(limit > 0 && limit < machine.totalBytes)) return machine;
  return { totalBytes: limit, usedBytes: cgroupUsedBytes() ?? machine.usedBytes };
}

/** How often the kernel has killed for memory in our group; null where it does not say. A rise names a death. */
export function oomKills(): number | null {
  return firstNumber(
    ownMemoryGroups().flatMap((group) => [`${group}/memory.events`, `${group}/memory.oom_control`]),
    /^oom_kill (\d+)/m,
  );
}

/** The largest resident memory that a living process ever had, in bytes; null where the system does not say. */
export function peakResidentBytes(pid: number): number | null {
  const kibibytes = firstNumber([`/proc/${pid}/status`], /^VmHWM:\s+(\d+) kB/m);
  return kibibytes === null ? null : kibibytes * 1024;
}

/** `MemAvailable` counts the page cache that can be dropped; `freemem` on Linux before Node 20 did not. */
function availableBytes(): number {
  const kibibytes = firstNumber(['/proc/meminfo'], /^MemAvailable:\s+(\d+) kB/m);
  return kibibytes === null ? freemem() : kibibytes * 1024;
}

/** Without the page cache that can be dropped. */
function cgroupUsedBytes(): number | null {
  const groups = ownMemoryGroups();
  const used = firstNumber(
    groups.flatMap((group) => [`${group}/memory.current`, `${group}/memory.usage_in_bytes`]),
    /^(\d+)/,
  );
  const droppable = firstNumber(
    groups.map((group) => `${group}/memory.stat`),
    /^(?:total_)?inactive_file (\d+)/m,
  );
  return used === null ? null : used - (droppable ?? 0);
}

function firstNumber(paths: readonly string[], pattern: RegExp): number | null {
  for (const path of paths) {
    try {
      const found = pattern.exec(readFileSync(path, 'utf8'))?.[1];
      if (found !== undefined) return Number(found);
    } catch {
      // Another kernel, another layout.
    }
  }
  return null;
}
