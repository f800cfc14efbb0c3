import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '../../system/error-code.ts';
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
  const own = tfjsNodeBinding();
  return own === null
    ? null
    : { path: own, kind: hasNvidiaDriver() ? 'cuda' : 'cpu', version: null, origin: 'tfjs-node' };
}

/** The binding of an installed `@tensorflow/tfjs-node-gpu` that brought its own TensorFlow; null where there is none. */
function tfjsNodeBinding(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json');
    const path = join(dirname(manifest), BINDING_PATH);
    return existsSync(path) ? path : null;
  } catch (error) {
    if (hasErrorCode(error, 'MODULE_NOT_FOUND')) return null;
    throw error;
  }
}
