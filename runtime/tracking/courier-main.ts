import { startTracker } from './tracker.ts';

/** Delivers one run that nobody attends, to its end: `node courier-main.js RUN_FOLDER`. What it did stands in the journal. */
async function main(): Promise<number> {
  const [runDir] = process.argv.slice(2);
  if (runDir === undefined) throw new Error('usage: courier-main RUN_FOLDER');
  const { complete, notice } = await startTracker({ runDir }).finished;
  if (notice !== null) console.error(notice);
  return complete ? 0 : 2;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
