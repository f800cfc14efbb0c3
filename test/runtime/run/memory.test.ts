import { describe, expect, it } from 'vitest';
import { memoryGroups } from '../../../runtime/run/memory.ts';

describe('the memory group of a process is looked for', () => {
  const roots = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory'];

  it.each([
    ['in a container', '0::/\n', []],
    [
      'of a SLURM step',
      '0::/system.slice/slurmstepd.scope/job_7/step_0\n',
      ['/sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/step_0'],
    ],
    ['with controllers of their own', '5:cpu,cpuacct:/a\n4:memory:/jobs/b\n0::/\n', ['/sys/fs/cgroup/memory/jobs/b']],
    ['on a system without groups', '', []],
  ])('%s', (_, listed, own) => {
    expect(memoryGroups(listed)).toEqual([...own, ...roots]);
  });
});
