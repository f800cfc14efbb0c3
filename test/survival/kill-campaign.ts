import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RandomStream, randomStream } from '../../runtime/data/random.ts';
import { trainerEnvironment } from '../../runtime/engine/environment.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { launchTrainer } from '../../runtime/run/launch.ts';

/** Trainers that are killed with SIGKILL at random moments, and go on. The same seed kills at the same moments. */

/** What a trainer was at when it was killed. */
export type Moment = 'start' | 'step' | 'save' | 'validation' | 'evaluation';

export interface Killed {
  readonly kills: number;
  readonly moments: Readonly<Record<Moment, number>>;
  /** Runs that were killed once or more, and then resumed to their end. */
  readonly runs: number;
  /** Attempts that came to their end before they could be killed. */
  readonly escaped: number;
  /** Final weights of each run. */
  readonly hashes: readonly (string | null)[];
}

export interface Campaign {
  readonly seed: number;
  readonly kills: number;
  readonly mostKillsPerRun: number;
  readonly entry: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Makes a run folder. */
  readonly create: () => string;
  /** Of an undisturbed run, in milliseconds: from the start to the first step, and from there to the end. */
  readonly startMs: number;
  readonly trainMs: number;
  /** Its final weights. */
  readonly weightsHash: string | null;
  readonly say: (text: string) => void;
}

/** One kill of so many falls into the start. */
const STARTS = 6;

export async function killAndResume(campaign: Campaign): Promise<Killed> {
  const random = randomStream({ seed: campaign.seed, purpose: 'phantom' });
  const moments = { start: 0, step: 0, save: 0, validation: 0, evaluation: 0 };
  const hashes: (string | null)[] = [];
  let [kills, escaped] = [0, 0];
  while (kills < campaign.kills) {
    const runDir = campaign.create();
    const planned = Math.min(campaign.kills - kills, 1 + Math.floor(random.uniform() * campaign.mostKillsPerRun));
    let ended = false;
    for (let kill = 0; kill < planned && !ended; kill++) {
      const moment = await startAndKill(runDir, campaign, random);
      ended = moment === null;
      if (moment === null) escaped += 1;
      else {
        moments[moment] += 1;
        kills += 1;
      }
    }
    if (!ended) await (await launchTrainer(runDir, { ...campaign, resume: hasStarted(runDir) })).ended;
    hashes.push(finalHash(runDir));
    const same = hashes.filter((hash) => hash === campaign.weightsHash).length;
    campaign.say(
      `${kills} kills in ${hashes.length} runs, ${same} of them with the same weights: ${JSON.stringify(moments)}, ${escaped} ended before`,
    );
  }
  return { kills, moments, runs: hashes.length, escaped, hashes };
}

/** @throws with the run's own words where it did not come to its end: nobody can ask a folder that the test has removed. */
function finalHash(runDir: string): string | null {
  const finished = readEvents(runDir).findLast((event) => event.type === 'run_finished');
  if (finished?.status === 'completed') return finished.weightsHash;
  const events = readFileSync(join(runDir, 'events.jsonl'), 'utf8').trimEnd().split('\n').slice(-6).join('\n');
  const log = readFileSync(join(runDir, 'log.txt'), 'utf8').slice(-2000);
  throw new Error(`${runDir} did not come to its end; its last events:\n${events}\nand its log:\n${log}`);
}

/** @returns null when it came to its end before the kill */
async function startAndKill(runDir: string, campaign: Campaign, random: RandomStream): Promise<Moment | null> {
  const inStart = random.uniform() * STARTS < 1;
  // Not the whole of it: an attempt that is quicker than the undisturbed one would be over.
  const wait = random.uniform() * (inStart ? campaign.startMs : 0.7 * campaign.trainMs);
  const since = readEvents(runDir).length;
  const log = openSync(join(runDir, 'log.txt'), 'a');
  // Without a launcher, as after a power cut: nobody is left to write a last word.
  const child = spawn(process.execPath, [campaign.entry, runDir, ...(hasStarted(runDir) ? ['--resume'] : [])], {
    stdio: ['ignore', log, log],
    env: trainerEnvironment(campaign.environment),
  });
  closeSync(log);
  const gone = once(child, 'exit');
  const isRunning = () => child.exitCode === null;
  while (
    !inStart &&
    isRunning() &&
    !readEvents(runDir)
      .slice(since)
      .some(({ type }) => type === 'step')
  )
    await sleep(5);
  await sleep(wait);
  if (!isRunning()) return null;
  child.kill('SIGKILL');
  await gone;
  // One that had said its last word already was killed for nothing.
  const ended = readEvents(runDir).some((event) => event.type === 'run_finished' && event.status === 'completed');
  return child.signalCode === 'SIGKILL' && !ended ? momentOf(runDir, since) : null;
}

/** The last thing that a dead trainer left: a folder half written, or the last word of its record. */
function momentOf(runDir: string, since: number): Moment {
  const checkpoints = join(runDir, 'checkpoints');
  for (const kind of ['last', 'best']) {
    const between = existsSync(join(checkpoints, `${kind}.previous`)) && !existsSync(join(checkpoints, kind));
    if (between || existsSync(join(checkpoints, `.${kind}.writing`))) return 'save';
  }
  const events = readEvents(runDir).slice(since);
  const last = events.findLast(({ type }) => type !== 'system' && type !== 'log')?.type;
  if (last === 'validation_started' || last === 'validation_case') return 'validation';
  if (last === 'prediction') return 'evaluation';
  return events.some(({ type }) => type === 'step') ? 'step' : 'start';
}

function hasStarted(runDir: string): boolean {
  return readEvents(runDir).some(({ type }) => type === 'run_started');
}
