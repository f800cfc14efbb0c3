import type { EventWriter } from '../events/write.ts';
import { touchLock } from '../run/lock.ts';
import { memoryState } from '../run/memory.ts';
import { cpuPercentBetween, cpuTimes, diskUsage, networkUsage } from '../system/machine-usage.ts';
import { NvidiaSmi } from '../system/nvidia-smi.ts';

/** As MLflow samples. */
const INTERVAL_MS = 10_000;
/** A run of a minute should have more than its last moment to show. */
const FIRST_MS = 1_000;
const HEARTBEAT_MS = 5_000;

/**
 * Records what the trainer and its machine are doing every ten seconds, and keeps the lock fresh. The engine's calls
 * block: a tick comes with the next turn of the event loop, which the trainer takes after each step.
 */
export function monitorSystem(runDir: string, events: EventWriter): { close(): Promise<void> } {
  const nvidiaSmi = new NvidiaSmi();
  const networkAtStart = networkUsage();
  let before = { time: performance.now(), usage: process.cpuUsage(), machine: cpuTimes() };
  let asking: Promise<void> | null = null;

  async function record(): Promise<void> {
    const gpus = await nvidiaSmi.gpus();
    const now = { time: performance.now(), usage: process.cpuUsage(), machine: cpuTimes() };
    const busyMs = (now.usage.user - before.usage.user + now.usage.system - before.usage.system) / 1000;
    const memory = memoryState();
    const network = networkUsage();
    events.write({
      type: 'system',
      rssBytes: process.memoryUsage.rss(),
      // Of one core: two busy cores are 200.
      cpuPercent: (100 * busyMs) / Math.max(1, now.time - before.time),
      machineCpuPercent: cpuPercentBetween(before.machine, now.machine),
      systemMemoryUsedBytes: memory.usedBytes,
      systemMemoryTotalBytes: memory.totalBytes,
      disk: diskUsage(runDir),
      network:
        network === null || networkAtStart === null
          ? null
          : {
              receivedBytes: network.receivedBytes - networkAtStart.receivedBytes,
              sentBytes: network.sentBytes - networkAtStart.sentBytes,
            },
      gpus: [...gpus],
    });
    before = now;
  }

  /** A training must not end over a sample that could not be written; the next event of its own says what is wrong. */
  async function tryRecord(): Promise<void> {
    try {
      await record();
    } catch (error) {
      console.error(error);
    }
  }

  /** One at a time: a driver that is slow to answer must not be asked again meanwhile. */
  const sample = () => {
    asking ??= tryRecord().finally(() => {
      asking = null;
    });
  };
  const first = setTimeout(sample, FIRST_MS);
  const samples = setInterval(sample, INTERVAL_MS);
  const heartbeat = setInterval(() => touchLock(runDir), HEARTBEAT_MS);
  for (const timer of [first, samples, heartbeat]) timer.unref();
  return {
    close: async () => {
      clearTimeout(first);
      clearInterval(samples);
      clearInterval(heartbeat);
      await asking;
      await tryRecord();
    },
  };
}
