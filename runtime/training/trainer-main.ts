import { acquireLock, releaseLock } from '../run/lock.ts';
import { runTrainer } from './run-trainer.ts';

/** The trainer process: `node trainer-main.js RUN_FOLDER [--resume]`. What it does stands in the folder's events. */
async function main(): Promise<number> {
  const [runDir, ...flags] = process.argv.slice(2);
  if (runDir === undefined) throw new Error('usage: trainer-main RUN_FOLDER [--resume]');
  acquireLock(runDir);
  try {
    return await runTrainer(runDir, { resume: flags.includes('--resume') });
  } finally {
    releaseLock(runDir);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
