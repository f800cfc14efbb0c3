import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';
import { type RunsDirOption, withRunsDir } from './options.ts';

export const stopCommand: CommandDefinition = {
  name: 'stop',
  summary: 'Ask a run to write a checkpoint and end',
  examples: ['exp stop latest', 'exp stop 3f2a'],
  define: (command, act) => {
    withRunsDir(command.argument('<run>', 'an id, its beginning or end, a run folder, or `latest`')).action(
      (name: string, { runsDir }: RunsDirOption) =>
        act(async (context) => {
          const { hostname } = await import('node:os');
          const { resolve } = await import('node:path');
          const { findTarget } = await import('../../runtime/run/find-run.ts');
          const { liveOwner } = await import('../../runtime/run/lock.ts');
          const { RunError } = await import('../../runtime/errors.ts');
          const target = findTarget(resolve(context.cwd, runsDir), name);
          // Who runs a matrix hands the wish on to those that are at work.
          const run = target.kind === 'run' ? target.run : target.matrix;
          const owner = liveOwner(run.dir);
          if (owner === null) {
            context.stdout.write(`${run.id} is not running\n`);
            return EXIT.ok;
          }
          if (owner.host !== hostname())
            throw new RunError(`${run.id} runs on ${owner.host}`, { help: `run \`exp stop ${run.id}\` there` });
          process.kill(owner.pid, 'SIGTERM');
          context.stdout.write(
            `${run.id} ends after its step, with a checkpoint; continue with: exp resume ${run.id}\n`,
          );
          return EXIT.ok;
        }),
    );
  },
};
