import type { Plan } from '../../compiler/plan/schema.ts';
import type { Progress } from '../checkpoints/state.ts';
import type { DataModule } from '../data/types.ts';
import type { EventWriter } from '../events/write.ts';
import type { Predictor } from '../inference/predictor.ts';
import type { PreviewWriter } from '../previews/preview.ts';
import type { Checkpointer } from './checkpointer.ts';
import type { ControlDesk } from './control-desk.ts';
import type { HalvingJudge } from './halving.ts';
import type { Learner } from './learner.ts';
import type { StopRequest } from './stop-request.ts';

/** Everything that training works with. */
export interface TrainingRun {
  readonly plan: Plan;
  readonly data: DataModule;
  readonly learner: Learner;
  readonly predictor: Predictor;
  readonly checkpointer: Checkpointer;
  readonly events: EventWriter;
  readonly stop: StopRequest;
  readonly control: ControlDesk;
  /** Null where no sweep compares its runs. */
  readonly halving: HalvingJudge | null;
  readonly previews: PreviewWriter;
  /** Seconds of training so far, over all attempts. */
  readonly seconds: () => number;
  /** Told of every step forward, so that a failure can say how far it came. */
  readonly onProgress: (progress: Progress) => void;
}

export type TrainingEnd = 'completed' | 'early_stopped' | 'stopped_early' | 'stopped';
