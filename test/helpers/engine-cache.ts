import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { standIns } from './stand-ins.ts';

/**
 * A cache without an engine, where `exp setup` sets one up without the network: pip and the compiler are stood in for, by a wheel
 * with empty libraries and by the binding that this machine has. What is set up is loaded once, as ever.
 *
 * @returns the variables that say so
 */
export async function bareEngineCache(folder: string): Promise<NodeJS.ProcessEnv> {
  const wheel = join(folder, 'tensorflow.whl');
  const zip = new ZipFile();
  for (const library of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    zip.addBuffer(Buffer.alloc(1), `tensorflow/${library}`);
  zip.end();
  const written = createWriteStream(wheel);
  zip.outputStream.pipe(written);
  await finished(written);
  const after = (option: string) => `while [ "$1" != ${option} ]; do shift; done; target=$2`;
  const bin = standIns(join(folder, 'setup'), {
    python: `case "$*" in *download*) ${after('--dest')}; cp '${wheel}' "$target/" ;; esac`,
    compiler: `case "$*" in *-o*) ${after('-o')}; ln -s '${locateBinding()?.path}' "$target" ;; esac`,
  });
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  return { EXP_CACHE_DIR: cache, EXP_PYTHON: join(bin, 'python'), CXX: join(bin, 'compiler') };
}
