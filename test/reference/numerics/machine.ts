import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { referencePython } from '../../helpers/python.ts';

/** What the figures were taken with. */
export interface MachineFacts {
  readonly node: string;
  readonly processor: string;
  /** Versions of the reference's packages, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

const PACKAGES = ['monai', 'torch', 'nibabel', 'scipy', 'numpy'];

export function machineFacts(): MachineFacts {
  const script = `
import importlib.metadata as m, json, sys
print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))`;
  const run = spawnSync(referencePython() ?? 'python3', ['-c', script, ...PACKAGES], { encoding: 'utf8' });
  const processors = cpus();
  return {
    node: process.versions.node,
    processor: `${processors.length} × ${processors[0]?.model ?? 'unknown'}`,
    packages: run.status === 0 ? JSON.parse(run.stdout) : {},
  };
}
