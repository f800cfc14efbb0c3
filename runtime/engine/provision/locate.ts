import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BINDING_PATH, engineFolder } from './cache.ts';
import { TENSORFLOW_VERSION, variantFor } from './variants.ts';

export interface LocatedBinding {
  /** Absolute path of `tfjs_binding.node`. */
  readonly path: string;
  readonly kind: 'cuda' | 'cpu';
  /** TensorFlow's version; null where only loading it would tell. */
  readonly version: string | null;
  readonly origin: 'environment' | 'provisioned' | 'tfjs-node';
}

/** Whether this machine has an NVIDIA driver. */
export function hasNvidiaDriver(): boolean {
  return process.platform === 'linux' && existsSync('/proc/driver/nvidia/version');
}

/**
 * The native binding to load, best first: EXP_ENGINE_BINDING, a provisioned CUDA build (where there is a driver), a
 * provisioned CPU build, tfjs-node's own download. Null where there is none.
 */
export function locateBinding(environment: NodeJS.ProcessEnv = process.env): LocatedBinding | null {
  const chosen = environment.EXP_ENGINE_BINDING;
  if (chosen) return { path: chosen, kind: hasNvidiaDriver() ? 'cuda' : 'cpu', version: null, origin: 'environment' };
  for (const kind of hasNvidiaDriver() ? (['cuda', 'cpu'] as const) : (['cpu'] as const)) {
    const variant = variantFor(kind);
    if (variant === null) continue;
    const path = join(engineFolder(variant, environment), BINDING_PATH);
    if (existsSync(path)) return { path, kind: variant.kind, version: TENSORFLOW_VERSION, origin: 'provisioned' };
  }
  const own = join(tfjsNodeFolder(), BINDING_PATH);
  return existsSync(own)
    ? { path: own, kind: hasNvidiaDriver() ? 'cuda' : 'cpu', version: null, origin: 'tfjs-node' }
    : null;
}

/** The installed `@tensorflow/tfjs-node-gpu`: its C++ sources become the binding. */
export function tfjsNodeFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'));
}
