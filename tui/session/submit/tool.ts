import { spawnSync } from 'node:child_process';
import type { HandoffJob, Target, TargetCommands } from '../../../compiler/handoff/target.ts';
import type { Context } from '../../context.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { printFailure } from '../../failures.ts';

/** What the target's own tool says of a job. */
export type ToolCheck =
  | { readonly kind: 'none' }
  | { readonly kind: 'missing'; readonly tool: string }
  /** The tool asks a server first, and there is none. */
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'passed' | 'failed'; readonly command: string; readonly text: string };

/** A tool that asks a server may wait for one that is away. */
const CHECK_TIMEOUT_MS = 60_000;

/** As kubectl says it, and sbatch where no cluster is configured or its controller is away. */
const UNREACHABLE =
  /connection to the server .* was refused|unable to connect to the server|no such host|connection refused|i\/o timeout|no configuration has been provided|could not establish a configuration source|unable to contact slurm controller/i;

/** Asks the tool whether it would take the job, without submitting it. */
export function checkWithTool({ environment: env }: Context, check: TargetCommands['check'], dir: string): ToolCheck {
  if (check === null) return { kind: 'none' };
  const [program, ...args] = check;
  const said = spawnSync(program, args, { cwd: dir, env, encoding: 'utf8', timeout: CHECK_TIMEOUT_MS });
  if (said.error !== undefined) return { kind: 'missing', tool: program };
  const text = `${said.stdout}${said.stderr}`.trim();
  if (said.status !== 0 && UNREACHABLE.test(text)) return { kind: 'unreachable' };
  return { kind: said.status === 0 ? 'passed' : 'failed', command: check.join(' '), text };
}

/** Runs the commands of the README that come before collecting. */
export function submitWithTool(context: Context, target: Target, job: HandoffJob, dir: string): ExitCode {
  const env = { ...context.environment, EXP_DATA: job.data ?? job.baseDir };
  const problem = missingTool(target, env);
  if (problem !== null) {
    printFailure(context, { message: `it was not submitted: ${problem}`, help: `follow README.md in ${dir}` });
    return EXIT.failed;
  }
  const { prepare, submit } = target.commands(job);
  for (const command of [...prepare, ...submit]) {
    context.stdout.write(`\n$ ${command}\n`);
    // Without its stdin, which bash would take for a login from afar, and read the user's set-up of interactive shells.
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
      cwd: dir,
      env,
      stdio: [...stdio],
      encoding: 'utf8',
    });
    context.stdout.write(stdout);
    context.stderr.write(stderr);
    if (status === 0) continue;
    printFailure(context, {
      message: `it was not submitted: \`${command}\` ended with ${status}`,
      help: `mend what it says and go on in ${dir}, as its README.md shows`,
    });
    return EXIT.failed;
  }
  context.stdout.write(`\nsubmitted; how it stands: exp submit status ${job.id}\n`);
  return EXIT.ok;
}

function missingTool({ tool, title }: Target, env: NodeJS.ProcessEnv): string | null {
  if (tool === null) return `${title} has no command for it`;
  const { error } = spawnSync(tool, ['--version'], { env, stdio: 'ignore' });
  return error === undefined ? null : `${tool} is not installed here`;
}
