import type { RunEventOf } from '../events/schema.ts';

/** MLflow's `system_metrics` counts megabytes as 10⁶ bytes. */
const MEGABYTE = 1e6;

/**
 * A sample of the machine under the names that MLflow's own monitor gives, so that its page shows it under "System
 * metrics", and of the trainer beside it. What the machine does not tell is left out.
 *
 * @see mlflow/system_metrics/metrics/{cpu,disk,network,gpu}_monitor.py
 */
export function systemMetrics(event: RunEventOf<'system'>): Readonly<Record<string, number>> {
  const { systemMemoryUsedBytes: used, systemMemoryTotalBytes: total, machineCpuPercent, disk, network, gpus } = event;
  const sample: Record<string, number | null> = {
    cpu_utilization_percentage: machineCpuPercent,
    system_memory_usage_megabytes: megabytes(used),
    system_memory_usage_percentage: share(used, total),
    // Of one core: two busy cores are 200.
    process_cpu_utilization_percentage: event.cpuPercent,
    process_memory_usage_megabytes: megabytes(event.rssBytes),
    disk_usage_megabytes: megabytes(disk?.usedBytes),
    disk_available_megabytes: megabytes(disk?.availableBytes),
    // As `df`: of what users may fill.
    disk_usage_percentage: disk === null ? null : share(disk.usedBytes, disk.usedBytes + disk.availableBytes),
    network_receive_megabytes: megabytes(network?.receivedBytes),
    network_transmit_megabytes: megabytes(network?.sentBytes),
  };
  for (const gpu of gpus) {
    const name = `gpu_${gpu.index}`;
    sample[`${name}_utilization_percentage`] = gpu.utilizationPercent;
    sample[`${name}_memory_usage_megabytes`] = megabytes(gpu.memoryUsedBytes);
    sample[`${name}_memory_usage_percentage`] = share(gpu.memoryUsedBytes, gpu.memoryTotalBytes);
    sample[`${name}_power_usage_watts`] = gpu.powerWatts;
    sample[`${name}_power_usage_percentage`] = share(gpu.powerWatts, gpu.powerLimitWatts);
  }
  const known = Object.entries(sample).filter((entry): entry is [string, number] => entry[1] !== null);
  return Object.fromEntries(known.map(([name, value]) => [`system/${name}`, value]));
}

function megabytes(bytes: number | null | undefined): number | null {
  return bytes == null ? null : bytes / MEGABYTE;
}

function share(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : (part / whole) * 100;
}
