import { RunError, TrackingError } from '../errors.ts';
import { findTarget, type RunTarget } from '../run/find-run.ts';
import { type MatrixFolder, memberFolders } from '../run/matrix-folder.ts';
import { matrixResults } from '../run/matrix-results.ts';
import { deliveredRun } from '../tracking/journal.ts';
import { MlflowClient } from '../tracking/mlflow-client.ts';
import type { MlflowRun } from '../tracking/mlflow-schema.ts';
import { resolveTarget, type TrackingEnvironment } from '../tracking/target.ts';
import { type ComparedRun, openComparedRun } from './compared-run.ts';
import { childrenOf, type DirectionOf, openRemoteRun, remoteRunById, remoteRunByName, tagsOf } from './remote-run.ts';
import { analyseSweep, type Sweep, type SweepMember } from './sweep.ts';

/** What a user names to be shown or compared: runs and sweeps, here or on a server. */

const REMOTE = /^mlflow:(?<runId>[A-Za-z0-9_-]+)$/;
const REMOTE_AXIS = /^sweep\.(?<path>.+)$/;

export interface Where {
  readonly runsDir: string;
  readonly env: TrackingEnvironment;
  /** Where names that no local run has are looked for; null looks nowhere. */
  readonly experiment: string | null;
  readonly directionOf: DirectionOf;
}

export type Found =
  | { readonly kind: 'run'; readonly run: ComparedRun }
  | { readonly kind: 'sweep'; readonly sweep: Sweep; readonly runs: readonly ComparedRun[] };

/** @throws RunError or TrackingError, where one of them is nowhere */
export async function findCompared(names: readonly string[], where: Where): Promise<readonly Found[]> {
  const server = new Server(where.env);
  try {
    const found: Found[] = [];
    for (const name of names) found.push(await findOne(name, where, server));
    return found;
  } finally {
    await server.close();
  }
}

async function findOne(name: string, where: Where, server: Server): Promise<Found> {
  const runId = REMOTE.exec(name)?.groups?.runId;
  if (runId !== undefined) return await openRemote(await remoteRunById(server.client, runId), where, server.client);
  const target = findLocal(name, where);
  if (target === null) {
    const run = await remoteRunByName(server.client, where.experiment ?? '', name);
    return await openRemote(run, where, server.client);
  }
  if (target.kind === 'matrix') return openMatrix(target.matrix);
  return { kind: 'run', run: openComparedRun(target.run, deliveredRun(target.run.dir)) };
}

/** Null where it is to be looked for on the server. @throws RunError */
function findLocal(name: string, { runsDir, experiment }: Where): RunTarget | null {
  try {
    return findTarget(runsDir, name);
  } catch (error) {
    if (!(error instanceof RunError) || experiment === null) throw error;
    return null;
  }
}

function openMatrix(matrix: MatrixFolder): Found {
  const { rankedBy, members } = matrixResults(matrix);
  const folders = memberFolders(matrix).map(({ run }) => run);
  return {
    kind: 'sweep',
    sweep: analyseSweep(
      matrix.id,
      rankedBy,
      members.map(({ runId, member, status, epoch, best }) => ({
        id: runId,
        settings: member.settings,
        fold: member.fold?.index ?? null,
        status,
        epoch,
        best,
      })),
    ),
    runs: folders.map((run) => openComparedRun(run, deliveredRun(run.dir))),
  };
}

/** A run with others below it is a sweep; what it swept stands in its parameters. */
async function openRemote(run: MlflowRun, { directionOf }: Where, client: MlflowClient): Promise<Found> {
  const children = await childrenOf(client, run);
  const [first] = children;
  if (first === undefined) return { kind: 'run', run: await openRemoteRun(client, run, directionOf) };
  const runs: ComparedRun[] = [];
  for (const child of children) runs.push(await openRemoteRun(client, child, directionOf));
  const axes = run.data.params.flatMap(({ key }) => REMOTE_AXIS.exec(key)?.groups?.path ?? []);
  const members = runs.map((child): SweepMember => {
    const settings = Object.fromEntries(axes.map((path) => [path, child.settings.get(path) ?? '–']));
    const fold = child.settings.get('dataset.fold.index');
    const { id, status, epoch, best } = child;
    return { id, settings, fold: fold === undefined ? null : Number(fold), status, epoch, best: best?.value ?? null };
  });
  const rankedBy = runs[0]?.watch ?? { metric: 'val.dice', mode: 'max' };
  return { kind: 'sweep', sweep: analyseSweep(nameOf(run), rankedBy, members), runs };
}

function nameOf(run: MlflowRun): string {
  return tagsOf(run).get('exp.run_id') ?? run.info.run_name;
}

/** The server of the environment, asked for only where it is needed. */
class Server {
  readonly #env: TrackingEnvironment;
  #client: MlflowClient | null = null;

  constructor(env: TrackingEnvironment) {
    this.#env = env;
  }

  /** @throws TrackingError where none is set */
  get client(): MlflowClient {
    if (this.#client !== null) return this.#client;
    const target = resolveTarget(null, this.#env);
    if (target === null) {
      throw new TrackingError(null, null, 'no MLflow server is set', {
        help: 'set MLFLOW_TRACKING_URI, for example to http://127.0.0.1:5000',
      });
    }
    this.#client = new MlflowClient(target);
    return this.#client;
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }
}
