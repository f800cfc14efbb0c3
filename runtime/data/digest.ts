import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import type { CaseFiles } from './types.ts';

/** Hashes of files seen before, trusted while size and modification time stay. */
const hashCacheSchema = z.record(z.string(), z.object({ size: z.number(), modified: z.number(), sha256: z.string() }));
type HashCache = z.infer<typeof hashCacheSchema>;

const CACHE_FILE = 'content-hashes.json';

function readCache(cacheDir: string): HashCache {
  try {
    return hashCacheSchema.parse(JSON.parse(readFileSync(join(cacheDir, CACHE_FILE), 'utf8')));
  } catch {
    // Missing or damaged: it only saves time.
    return {};
  }
}

/** Where the disk is full or read-only, as in containers, the next run hashes again. */
function writeCache(cacheDir: string, cache: HashCache): void {
  const temporary = join(cacheDir, `${CACHE_FILE}.${process.pid}.tmp`);
  try {
    mkdirSync(cacheDir, { recursive: true });
  } catch {
    return;
  }
  try {
    writeFileSync(temporary, JSON.stringify(cache));
    renameSync(temporary, join(cacheDir, CACHE_FILE));
  } catch {
    rmSync(temporary, { force: true });
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

export interface ContentDigest {
  /** SHA-256 in hex over ids, and the content of every file: the same data give the same digest wherever they lie. */
  readonly digest: string;
  /** SHA-256 of a case's files, by its id. */
  readonly cases: ReadonlyMap<string, string>;
}

/** @param cases sorted by id */
export async function contentDigest(
  cases: readonly CaseFiles[],
  cacheDir: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<ContentDigest> {
  const known = readCache(cacheDir);
  const fresh: HashCache = {};
  const total = createHash('sha256');
  const byCase = new Map<string, string>();
  for (const files of cases) {
    total.update(`${files.id}\n`);
    const own = createHash('sha256');
    for (const path of [files.image, ...files.furtherChannels, files.label]) {
      const { size, mtimeMs } = statSync(path);
      const entry = known[path];
      const sha256 =
        entry !== undefined && entry.size === size && entry.modified === mtimeMs ? entry.sha256 : await sha256Of(path);
      fresh[path] = { size, modified: mtimeMs, sha256 };
      total.update(`${sha256}\n`);
      own.update(`${sha256}\n`);
    }
    byCase.set(files.id, own.digest('hex'));
    onProgress(byCase.size, cases.length);
  }
  writeCache(cacheDir, { ...known, ...fresh });
  return { digest: total.digest('hex'), cases: byCase };
}
