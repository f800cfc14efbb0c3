import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';
import * as z from 'zod';
import { redactUri } from './target.ts';

/** What was true of the code and the person when the run started; a later sync must not look again. */
export const provenanceSchema = z.object({
  user: z.string().nullable(),
  host: z.string(),
  git: z
    .object({
      commit: z.string(),
      branch: z.string().nullable(),
      dirty: z.boolean(),
      repository: z.string().nullable(),
    })
    .nullable(),
});

export type Provenance = z.infer<typeof provenanceSchema>;

const run = promisify(execFile);

/** @param folder where the `.exp` file lies; its repository counts, not that of exp itself */
export async function collectProvenance(folder: string): Promise<Provenance> {
  return { user: userName(), host: hostname(), git: await gitState(folder) };
}

async function gitState(folder: string): Promise<Provenance['git']> {
  const commit = await git(folder, ['rev-parse', 'HEAD']);
  if (commit === null) return null;
  const [branch, changes, remote] = await Promise.all([
    git(folder, ['rev-parse', '--abbrev-ref', 'HEAD']),
    git(folder, ['status', '--porcelain', '--untracked-files=no']),
    git(folder, ['config', '--get', 'remote.origin.url']),
  ]);
  return {
    commit,
    branch: branch === 'HEAD' ? null : branch,
    dirty: changes !== null && changes !== '',
    repository: remote === null || remote === '' ? null : redactUri(remote),
  };
}

/** Null without git, outside a repository, or when it takes longer than a start may wait. */
async function git(folder: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['--no-optional-locks', ...args], { cwd: folder, timeout: 5000 });
    return stdout.trim();
  } catch {
    return null;
  }
}

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    // A container's user id without an entry in passwd.
    return process.env.USER ?? process.env.USERNAME ?? null;
  }
}
