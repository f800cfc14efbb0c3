import type { EventWriter } from '../events/write.ts';
import { touchLock } from '../run/lock.ts';
import { memoryState } from '../run/memory.ts';

const INTERVAL_MS = 5_000;

/**
 * Records memory and processor load every five seconds, and keeps the lock fresh. The engine's calls block: a tick comes
 * with the next turn of the event loop, which the trainer takes after each step.
 */
export function monitorSystem(runDir: string, events: EventWriter): { close(): void } {
  let before = { time: performance.now(), usage: process.cpuUsage() };
  const record = () => {
    const now = { time: performance.now(), usage: process.cpuUsage() };
    const busyMs = (now.usage.user - before.usage.user + now.usage.system - before.usage.system) / 1000;
    const memory = memoryState();
    events.write({
      type: 'system',
      rssBytes: process.memoryUsage.rss(),
      // Of one core: two busy cores are 200.
      cpuPercent: (100 * busyMs) / Math.max(1, now.time - before.time),
      systemMemoryUsedBytes: memory.usedBytes,
      systemMemoryTotalBytes: memory.totalBytes,
    });
    before = now;
    touchLock(runDir);
  };
  const timer = setInterval(record, INTERVAL_MS);
  timer.unref();
  return {
    close: () => {
      clearInterval(timer);
      record();
    },
  };
}
