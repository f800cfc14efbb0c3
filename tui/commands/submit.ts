import type { SubmitLogsOptions, SubmitOptions, SubmitWorkOptions } from '../session/submit/options.ts';
import type { CommandDefinition } from './command.ts';
import { positiveInteger } from './numbers.ts';
import { collect, type RunsDirOption, withPlan, withRunsDir } from './options.ts';

const HANDOFF = 'the folder of a hand-off, the id of one in handoff/, its beginning or end, or `latest`';

export const submitCommand: CommandDefinition = {
  name: 'submit',
  summary: 'Hand an experiment to a cluster or a cloud, follow it there, and bring its runs home',
  examples: [
    'exp submit organ.exp --to slurm --profile lab',
    'exp submit organ.exp --to slurm --with time=08:00:00 --with partition=gpu --jobs 4 --go',
    'exp submit organ.exp --to kubernetes -o handoff/organ',
    'exp submit status latest',
    'exp submit collect latest',
  ],
  define: (command, act) => {
    // What stands behind `collect` or `work` is theirs, also where handing off has an option of that name.
    command.enablePositionalOptions();
    withPlan(command.argument('[file]', 'the .exp file'))
      .option('-t, --to <target>', 'slurm, skypilot, kubernetes, colab or azureml')
      .option('--jobs <count>', 'how many jobs at once; without it as many as the place gives', positiveInteger)
      .option('-o, --output <folder>', 'where to write the hand-off; without it handoff/<id>')
      .option('--data <where>', 'where the data lies over there')
      .option(
        '--with <name=value>',
        'a setting of the target; `--with help` lists them; may be given again',
        collect,
        [],
      )
      .option('--exp <command>', 'how exp is called over there; without it the hand-off brings it along')
      .option('--go', 'submit it at once, with the target’s own tool')
      .action((file: string | undefined, options: SubmitOptions) =>
        act(async (context) => (await import('../session/submit/hand-off.ts')).handOff(context, file, options)),
      );

    command
      .command('status')
      .argument('<handoff>', HANDOFF)
      .description('How the jobs and runs of a hand-off stand')
      .option('--json', 'print it as JSON')
      .action((name: string, { json = false }: { readonly json?: boolean }) =>
        act(async (context) => (await import('../session/submit/status.ts')).showStatus(context, name, json)),
      );

    command
      .command('logs')
      .argument('<handoff>', HANDOFF)
      .description('What the jobs of a hand-off have printed last')
      .option('--run <number>', 'of the job that has this run of a sweep or of folds', positiveInteger)
      .option('--lines <count>', 'how many lines of each', positiveInteger, 40)
      .action((name: string, options: SubmitLogsOptions) =>
        act(async (context) => (await import('../session/submit/logs.ts')).showLogs(context, name, options)),
      );

    withRunsDir(command.command('collect').argument('<handoff>', HANDOFF))
      .description('Bring the runs of a hand-off home, and their records to MLflow; repeat it at any time')
      .action((name: string, { runsDir }: RunsDirOption) =>
        act(async (context) => (await import('../session/submit/collect.ts')).collectRuns(context, name, runsDir)),
      );

    command
      .command('work')
      .argument('<handoff>', HANDOFF)
      .description('What a job calls: start or continue its runs; 130 says that there is more to do')
      .option('--part <i/n>', 'the i-th of n parts of the runs', '1/1')
      .option('--data <folder>', 'the folder that the paths of the experiment start from')
      .action((name: string, options: SubmitWorkOptions) =>
        act(async (context) => (await import('../session/submit/work.ts')).work(context, name, options)),
      );
  },
};
