import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { referencePython } from './python.ts';

/** What a figure depends on besides the code. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Vector instructions that decide how fast convolutions are; empty where the system does not list them. */
  readonly vectors: readonly string[];
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly python: string | null;
  readonly torch: string | null;
  readonly monai: string | null;
}

const VECTORS = ['avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_bf16', 'asimd'];
const VERSIONS = `import json, platform, torch, monai
print(json.dumps([platform.python_version(), torch.__version__, monai.__version__]))`;

function vectorFlags(): readonly string[] {
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8');
    const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1]?.split(' '));
    return VECTORS.filter((name) => flags.has(name));
  } catch {
    return [];
  }
}

export function machineFacts(): Machine {
  const path = referencePython();
  const answer: unknown =
    path === null ? [] : JSON.parse(execFileSync(path, ['-W', 'ignore', '-c', VERSIONS], { encoding: 'utf8' }));
  const [python = null, torch = null, monai = null] = Array.isArray(answer) ? answer.map(String) : [];
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    vectors: vectorFlags(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.versions.node,
    python,
    torch,
    monai,
  };
}

export function describeMachine(machine: Machine): string {
  const { cpu, cores, vectors, memoryBytes, system, node, python, torch, monai } = machine;
  const peer =
    monai === null ? 'no reference Python, so no peers' : `Python ${python}, PyTorch ${torch}, MONAI ${monai}`;
  return [
    `${cores} × ${cpu} (${vectors.join(', ') || 'vector instructions unknown'})`,
    `${(memoryBytes / 2 ** 30).toFixed(0)} GiB`,
    system,
    `Node ${node}`,
    peer,
  ].join('; ');
}

/** The one-minute load average, to two places. */
export function load(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}
