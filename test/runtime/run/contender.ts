import { acquireLock } from '../../../runtime/run/lock.ts';

/**
 * Tries to take the lock of each folder, at a moment of its own, together with others that do the same:
 * `contender START_MS FOLDER…`. Prints the numbers of those it got, and keeps them until its input ends.
 */
const [start = '0', ...folders] = process.argv.slice(2);
const EACH_MS = 5;

const won = folders.flatMap((folder, index) => {
  while (Date.now() < Number(start) + index * EACH_MS);
  try {
    acquireLock(folder);
    return [index];
  } catch {
    return [];
  }
});
process.stdout.write(`${won.join(' ')}\n`);
process.stdin.resume();
