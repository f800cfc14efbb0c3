import { describe, expect, it } from 'vitest';
import type { RunEventOf } from '../../../runtime/events/schema.ts';
import { parseNetwork } from '../../../runtime/system/machine-usage.ts';
import { systemMetrics } from '../../../runtime/tracking/system-metrics.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';

const SAMPLE: RunEventOf<'system'> = {
  type: 'system',
  sequence: 1,
  time: 1,
  rssBytes: 2e9,
  cpuPercent: 150,
  systemMemoryUsedBytes: 6e9,
  systemMemoryTotalBytes: 24e9,
  machineCpuPercent: 80,
  disk: { usedBytes: 1e11, availableBytes: 3e11 },
  network: { receivedBytes: 2e6, sentBytes: 1e6 },
  gpus: [
    {
      index: 0,
      utilizationPercent: 97,
      memoryUsedBytes: 8e9,
      memoryTotalBytes: 16e9,
      powerWatts: 35,
      powerLimitWatts: 70,
    },
  ],
};

describe('a sample of the machine', () => {
  it('has megabytes of 10⁶ bytes, percent, and watts', () => {
    expect(systemMetrics(SAMPLE)).toEqual({
      'system/cpu_utilization_percentage': 80,
      'system/system_memory_usage_megabytes': 6000,
      'system/system_memory_usage_percentage': 25,
      'system/process_cpu_utilization_percentage': 150,
      'system/process_memory_usage_megabytes': 2000,
      'system/disk_usage_megabytes': 100_000,
      'system/disk_available_megabytes': 300_000,
      'system/disk_usage_percentage': 25,
      'system/network_receive_megabytes': 2,
      'system/network_transmit_megabytes': 1,
      'system/gpu_0_utilization_percentage': 97,
      'system/gpu_0_memory_usage_megabytes': 8000,
      'system/gpu_0_memory_usage_percentage': 50,
      'system/gpu_0_power_usage_watts': 35,
      'system/gpu_0_power_usage_percentage': 50,
    });
  });

  it('leaves out what the machine does not tell', () => {
    const known = systemMetrics({ ...SAMPLE, machineCpuPercent: null, disk: null, network: null, gpus: [] });
    expect(Object.keys(known).sort()).toEqual([
      'system/process_cpu_utilization_percentage',
      'system/process_memory_usage_megabytes',
      'system/system_memory_usage_megabytes',
      'system/system_memory_usage_percentage',
    ]);
  });
});

it('the bytes of all interfaces are added up', () => {
  const text = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo: 100 1 0 0 0 0 0 0 100 1 0 0 0 0 0 0',
    '  eth0:2000 9 0 0 0 0 0 0 300 7 0 0 0 0 0 0',
    '',
  ].join('\n');
  expect(parseNetwork(text)).toEqual({ receivedBytes: 2100, sentBytes: 400 });
});

describe.skipIf(!(pythonHas('mlflow') && pythonHas('psutil')))('beside MLflow’s own monitors', () => {
  it('every metric of theirs has its name', () => {
    const theirs = askPython<readonly string[]>(new URL('system_metrics.py', import.meta.url), null);
    expect(theirs.length).toBeGreaterThan(10);
    expect(Object.keys(systemMetrics(SAMPLE))).toEqual(expect.arrayContaining(theirs.map((name) => `system/${name}`)));
  });
});
