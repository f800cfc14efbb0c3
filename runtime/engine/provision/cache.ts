import { homedir } from 'node:os';
import { join } from 'node:path';
import { type EngineVariant, TENSORFLOW_VERSION } from './variants.ts';

/** The per-user cache: EXP_CACHE_DIR, or where the platform keeps such things. */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.EXP_CACHE_DIR) return environment.EXP_CACHE_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'voxel-exp');
  if (process.platform === 'win32') return join(environment.LOCALAPPDATA ?? homedir(), 'voxel-exp');
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'voxel-exp');
}

/** The version of `@tensorflow/tfjs-node-gpu` whose C++ sources the binding is built from, and of how we build it. */
const BINDING_REVISION = 'binding-4.22.0-1';

/** Where a variant lives once it is set up: everything that changes it is in the name. */
export function engineFolder(variant: EngineVariant, environment: NodeJS.ProcessEnv = process.env): string {
  return join(cacheRoot(environment), 'engine', `tensorflow-${TENSORFLOW_VERSION}-${variant.id}-${BINDING_REVISION}`);
}

/** The binding's place in such a folder: its run path finds the libraries at `../../deps/lib`. */
export const BINDING_PATH = join('lib', 'napi-v8', 'tfjs_binding.node');
