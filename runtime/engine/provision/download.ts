import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from './problems.ts';
import type { EngineVariant, Wheel } from './variants.ts';

export interface DownloadProgress {
  readonly wheel: string;
  readonly receivedBytes: number;
  /** Null until pip has said how large the file is. */
  readonly totalBytes: number | null;
}

/**
 * Downloads wheels with pip, so that the user's own index, proxy and certificates apply, one after another, each pinned
 * by its hash.
 *
 * @returns the paths of the wheels, in the variant's order
 * @throws EngineError when pip cannot reach its index, or serves another file
 */
export async function downloadWheels(
  python: string,
  variant: EngineVariant,
  folder: string,
  onProgress: (progress: DownloadProgress) => void,
): Promise<string[]> {
  const paths: string[] = [];
  for (const wheel of variant.wheels) {
    const target = join(folder, wheel.name);
    await mkdir(target, { recursive: true });
    await pipDownload(python, variant, wheel, target, onProgress);
    const file = (await readdir(target)).find((name) => name.endsWith('.whl'));
    if (file === undefined) throw problem('network', `pip downloaded no wheel of ${wheel.name}`);
    paths.push(join(target, file));
  }
  return paths;
}

async function pipDownload(
  python: string,
  variant: EngineVariant,
  wheel: Wheel,
  target: string,
  onProgress: (progress: DownloadProgress) => void,
): Promise<void> {
  const requirements = join(target, 'requirements.txt');
  const scratch = join(target, 'tmp');
  await writeFile(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  await mkdir(scratch, { recursive: true });
  const args = ['-m', 'pip', 'download', '--require-hashes', '--no-deps', '--only-binary=:all:', '--no-cache-dir'];
  args.push(
    '--disable-pip-version-check',
    '--progress-bar',
    'off',
    '--python-version',
    '3.11',
    '--implementation',
    'cp',
  );
  for (const tag of variant.tags) args.push('--platform', tag);
  args.push('--dest', target, '-r', requirements);

  const child = spawn(python, args, { env: { ...process.env, TMPDIR: scratch }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // pip draws its bar for people; what it has received so far is what lies in its scratch folder.
  const timer = setInterval(() => {
    void largestFile(scratch).then((receivedBytes) =>
      onProgress({ wheel: wheel.name, receivedBytes, totalBytes: announcedBytes(output) }),
    );
  }, 250);
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (code !== 0) throw pipProblem(output, wheel);
  } finally {
    clearInterval(timer);
    await rm(scratch, { recursive: true, force: true });
  }
}

function pipProblem(output: string, wheel: Wheel): Error {
  const lines = output.split('\n').filter((line) => /error|hash/i.test(line));
  if (/HASHES/.test(output)) return problem('hash', `${wheel.name} ${wheel.version}`);
  if (/No space left/.test(output)) return problem('disk', 'the disk filled up during the download');
  return problem('network', (lines.at(-1) ?? output.trim().split('\n').at(-1) ?? 'pip said nothing').trim());
}

const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** `Downloading x.whl (273.8 MB)` → 273.8e6 */
export function announcedBytes(output: string): number | null {
  const match = /Downloading \S+\.whl \(([\d.]+) ([kMG]B)\)/.exec(output);
  return match?.[1] === undefined || match[2] === undefined ? null : Number(match[1]) * (UNITS[match[2]] ?? 1);
}

async function largestFile(folder: string): Promise<number> {
  let largest = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const size = await stat(join(entry.parentPath, entry.name))
      .then((info) => info.size)
      .catch(() => 0);
    largest = Math.max(largest, size);
  }
  return largest;
}
