import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../system/error-code.ts';

/**
 * What people ask of a trainer from any terminal, also from another machine that shares the folder: an empty file of
 * `control/`, whose name says when and what (`1764481234567-3f2a-pause`). A file is there or not there, so nobody reads
 * half of a wish, and two wishes never meet.
 */

export const CONTROL_FOLDER = 'control';

const REQUESTS = ['pause', 'continue', 'checkpoint', 'validate', 'stop'] as const;

export type ControlRequest = (typeof REQUESTS)[number];

/** Leaves a wish for the trainer of a run folder; it looks between its steps. */
export function askTrainer(runDir: string, request: ControlRequest, now: number = Date.now()): void {
  const folder = join(runDir, CONTROL_FOLDER);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${now}-${randomBytes(2).toString('hex')}-${request}`), '', { flag: 'wx' });
}

/** The wishes that wait, oldest first; they are gone then. */
export function takeRequests(runDir: string): readonly ControlRequest[] {
  const folder = join(runDir, CONTROL_FOLDER);
  return namesIn(folder)
    .sort()
    .flatMap((name) => {
      rmSync(join(folder, name), { force: true });
      return requestOf(name) ?? [];
    });
}

function requestOf(name: string): ControlRequest | null {
  return REQUESTS.find((request) => name.endsWith(`-${request}`)) ?? null;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
