import { processContext } from './context.ts';
import { reportThrown } from './failures.ts';
import { runCommandLine } from './program.ts';

// `exp plan … | head` closes our output early: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  // Who attends runs hears it too, and decides what becomes of them.
  if (process.stdout.listenerCount('error') === 1) process.exit(0);
});

const context = processContext();

// Node does some things by itself, for which nobody waits: under a limit of address space they fail here.
process.on('unhandledRejection', (error) => process.exit(reportThrown(context, error)));

void runCommandLine(process.argv.slice(2), context).then((exitCode) => {
  process.exitCode = exitCode;
});
