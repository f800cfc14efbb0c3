import { locateBinding } from '../../runtime/engine/provision/locate.ts';

/** The machine's own engine, with a cache of the test's own for data. */
export function engineEnvironment(cacheDir: string): NodeJS.ProcessEnv {
  const located = locateBinding();
  const binding = located === null ? {} : { EXP_ENGINE_BINDING: located.path };
  return { ...process.env, ...binding, EXP_CACHE_DIR: cacheDir };
}
