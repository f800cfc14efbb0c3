import { homedir } from 'node:os';
import { join } from 'node:path';

/** What belongs to a user and is worth keeping: EXP_CONFIG_DIR, or where the platform keeps such things. */
export function configRoot(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.EXP_CONFIG_DIR) return environment.EXP_CONFIG_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'voxel-exp');
  if (process.platform === 'win32') return join(environment.APPDATA ?? homedir(), 'voxel-exp');
  return join(environment.XDG_CONFIG_HOME || join(homedir(), '.config'), 'voxel-exp');
}
