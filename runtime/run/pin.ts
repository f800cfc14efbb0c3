import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file in the run folder that says: whatever is tidied up, this run is kept. */
const PIN_FILE = 'pinned';

export function isPinned(runDir: string): boolean {
  return existsSync(join(runDir, PIN_FILE));
}

export function setPinned(runDir: string, pinned: boolean): void {
  if (pinned) writeFileSync(join(runDir, PIN_FILE), '');
  else rmSync(join(runDir, PIN_FILE), { force: true });
}
