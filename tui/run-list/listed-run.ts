import { flattenPlan } from '../../compiler/plan/flatten.ts';
import { stateOfRun } from '../../runtime/events/accumulate.ts';
import { bestPoint } from '../../runtime/events/best-point.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { isOver, type RunState, workedSeconds } from '../../runtime/events/run-state.ts';
import { isOfTest } from '../../runtime/metrics/table.ts';
import { liveOwner } from '../../runtime/run/lock.ts';
import { knownMembers, type MatrixFolder } from '../../runtime/run/matrix-folder.ts';
import { matrixResults } from '../../runtime/run/matrix-results.ts';
import { isPinned } from '../../runtime/run/pin.ts';
import { type RunFolder, readPlanFile } from '../../runtime/run/run-folder.ts';
import { statusOf } from '../../runtime/run/run-status.ts';
import { directionOf } from '../metric-direction.ts';

/** A line of `exp runs`, and an object of `exp runs --json`: its fields stay. */
export interface ListedRun {
  readonly kind: 'run' | 'matrix';
  readonly id: string;
  readonly experiment: string;
  readonly profile: string | null;
  /** Of the plan; of the matrix, where it is one. */
  readonly planId: string;
  /** What it was told otherwise than its file says, as `--set` or a sweep wrote it: `optimizer.learning_rate=4e-3`. */
  readonly set: readonly string[];
  /** The network; null of a matrix, and where the plan cannot be read. */
  readonly model: string | null;
  /** The matrix that a run is one of. */
  readonly group: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** `lost`: neither the trainer nor its launcher lived to say how it ended. Of a matrix: how many of its runs are done. */
  readonly status: string;
  readonly epoch: number;
  readonly step: number;
  /** Of training; null before the start. */
  readonly seconds: number | null;
  readonly best: { readonly metric: string; readonly value: number; readonly epoch: number } | null;
  /** The best value of each metric, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** `exp runs pin` keeps its checkpoints from `exp runs gc`. */
  readonly pinned: boolean;
  readonly folder: string;
}

/** A run with what its plan says, for conditions and columns that name settings. */
export interface RunWithSettings {
  readonly run: ListedRun;
  readonly settings: ReadonlyMap<string, string>;
}

export function listRun({ id, dir, info }: RunFolder): RunWithSettings {
  const facts = {
    kind: 'run',
    id,
    experiment: info.experiment,
    profile: info.profile,
    planId: info.planId,
    group: info.group,
    createdAt: info.createdAt,
    pinned: isPinned(dir),
    folder: dir,
  } as const;
  try {
    const { plan, origins } = readPlanFile(dir);
    const set = Object.values(origins).flatMap((origin) => (origin.kind === 'set' ? [origin.text] : []));
    const state = stateOfRun(readEvents(dir), plan.schedule.keepBest);
    const { epoch, step, watch } = state;
    const best = bestPoint(state.metrics, watch.metric, watch.mode);
    return {
      run: {
        ...facts,
        set: [...new Set(set)],
        model: plan.model.name,
        status: statusOf(state, dir),
        ...{ epoch, step },
        seconds: workedSeconds(state, state.updatedAt ?? 0),
        best: best === null ? null : { metric: watch.metric, value: best.value, epoch: best.epoch },
        metrics: bestValues(state),
      },
      settings: flattenPlan(plan),
    };
  } catch {
    // One damaged folder must not hide the others.
    return { run: { ...facts, ...NOTHING_KNOWN }, settings: new Map() };
  }
}

const NOTHING_KNOWN = {
  set: [],
  model: null,
  status: 'unreadable',
  epoch: 0,
  step: 0,
  seconds: null,
  best: null,
  metrics: {},
} as const;

/** A sweep or folds as one line: how many of its runs are done, and the best of them. */
export function listMatrix(matrix: MatrixFolder): RunWithSettings {
  const { id, dir, info } = matrix;
  const { experiment, profile, matrixId: planId, createdAt } = info;
  const facts = {
    kind: 'matrix',
    id,
    experiment,
    profile,
    planId,
    group: null,
    createdAt,
    pinned: false,
    folder: dir,
  } as const;
  try {
    const { members, trials, rankedBy, seconds } = matrixResults(matrix);
    const mean = trials[0]?.mean ?? null;
    const running = liveOwner(dir) === null ? '' : ', running';
    return {
      run: {
        ...facts,
        ...NOTHING_KNOWN,
        status: `${members.filter(isOver).length} of ${members.length} runs${running}`,
        seconds,
        best: mean === null ? null : { metric: rankedBy.metric, value: mean, epoch: 0 },
        metrics: mean === null ? {} : { [rankedBy.metric]: mean },
      },
      settings: new Map(),
    };
  } catch {
    return { run: { ...facts, ...NOTHING_KNOWN }, settings: new Map() };
  }
}

/** The runs of a matrix one by one; none where its folder is damaged. */
export function listMembers(matrix: MatrixFolder): readonly RunWithSettings[] {
  return knownMembers(matrix).map(({ run }) => listRun(run));
}

/** What was measured at the end only, a test, stands beside the best epochs. */
function bestValues({ metrics, finished }: RunState): Readonly<Record<string, number>> {
  const bests = Object.keys(metrics).flatMap((name) => {
    const best = bestPoint(metrics, name, directionOf(name));
    return best === null ? [] : [[name, best.value] as const];
  });
  const tested = Object.entries(finished?.metrics ?? {}).filter(([name]) => isOfTest(name));
  return Object.fromEntries([...bests, ...tested]);
}
