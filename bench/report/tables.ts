/** What docs/performance.md shows of each bench: one entry a section, in its order. */
export interface Section {
  readonly bench: string;
  readonly title: string;
  readonly command: string;
  readonly text: string;
  readonly columns: readonly Column[] | 'each metric';
}

export interface Column {
  readonly title: string;
  readonly metric: string;
  readonly format: Format;
  /** The peers' median over ours: how many times as fast. */
  readonly ratio?: true;
}

export type Format = 'seconds' | 'milliseconds' | 'gigabytes' | 'bytes' | 'percent' | 'number' | 'dice';

export const SECTIONS: readonly Section[] = [
  {
    bench: 'step',
    title: 'A training step',
    command: 'npm run bench:step',
    text: `Forward, backward and AdamW; batch 1, one channel in, two classes out, DiceCE, float32; beside \`precision: mixed\` MONAI runs
under torch's autocast to bfloat16. Each round is a process of its own for each subject in turn. *Processor* is what all threads used, divided by the cores: on a quiet machine hardly less than the
step itself, and nearly the same on a busy one. *First step* counts from the start of the program. *Planned* is what \`exp plan\` says, resident and
of tensors alone; of a step that TensorFlow runs in one call, *tensors* counts only what lives between calls.`,
    columns: [
      { title: 'step', metric: 'step_seconds', format: 'seconds', ratio: true },
      { title: 'processor', metric: 'step_processor_seconds', format: 'seconds', ratio: true },
      { title: 'first step', metric: 'first_step_seconds', format: 'seconds' },
      { title: 'peak resident', metric: 'peak_resident_bytes', format: 'gigabytes' },
      { title: 'planned', metric: 'planned_resident_bytes', format: 'gigabytes' },
      { title: 'tensors', metric: 'tensor_peak_bytes', format: 'gigabytes' },
      { title: 'planned', metric: 'planned_tensor_bytes', format: 'gigabytes' },
    ],
  },
  {
    bench: 'start',
    title: 'The first step',
    command: 'npm run bench:start',
    text: `From the start of a trainer's program to the end of its first step, in its parts; data, which workers read meanwhile, are left
out. *Graph*: the plan and the network's graph; *taking in*: that graph as TensorFlow's. The first *run* holds TensorFlow's own
optimisation of the graph, and the first touches of its memory, most of *system*: processor time within the kernel, of all cores. Where memory
was *just used*, another process had touched as much right before: a virtual machine may have to be given fresh memory by its host.`,
    columns: [
      { title: 'first step', metric: 'first_step_seconds', format: 'seconds' },
      { title: 'program', metric: 'program_seconds', format: 'seconds' },
      { title: 'graph', metric: 'graph_seconds', format: 'seconds' },
      { title: 'TensorFlow', metric: 'tensorflow_seconds', format: 'seconds' },
      { title: 'weights', metric: 'weights_seconds', format: 'seconds' },
      { title: 'taking in', metric: 'taking_in_seconds', format: 'seconds' },
      { title: 'run', metric: 'first_run_seconds', format: 'seconds' },
      { title: 'system', metric: 'system_seconds', format: 'seconds' },
      { title: 'second run', metric: 'later_run_seconds', format: 'seconds' },
    ],
  },
  {
    bench: 'estimates',
    title: 'What `exp plan` says beforehand',
    command: 'npm run bench:estimates',
    text: `Configurations that nothing was fitted to, estimated after \`exp calibrate\` had measured its two (SegResNet-16 and SwinUNETR-24 at
64³) on this machine, then trained. *Planned* against the median of the steps without their wait for data, and against the most that the
whole trainer had resident. The goal is within 25 % for the time and 15 % for the memory.`,
    columns: [
      { title: 'step, planned', metric: 'planned_step_seconds', format: 'seconds' },
      { title: 'step', metric: 'step_seconds', format: 'seconds' },
      { title: 'off', metric: 'step_off', format: 'percent' },
      { title: 'resident, planned', metric: 'planned_resident_bytes', format: 'gigabytes' },
      { title: 'peak resident', metric: 'peak_resident_bytes', format: 'gigabytes' },
      { title: 'off', metric: 'peak_off', format: 'percent' },
    ],
  },
  {
    bench: 'allocations',
    title: 'Tensors, planned and allocated',
    command: 'npm run bench:allocations',
    text: `The most bytes that TensorFlow's allocator was asked to hold at once in nine training steps, read from its own log, beside what
the plan says of tensors, and the batch. TensorFlow writes a result over an operand that is needed no more, if the other readers of
that operand are done: as ops overlap, steps of one run differ by the largest tensor. The highest step counts.`,
    columns: [
      { title: 'allocated', metric: 'allocated_bytes', format: 'gigabytes' },
      { title: 'planned', metric: 'planned_tensor_bytes', format: 'gigabytes' },
      { title: 'off', metric: 'planned_off', format: 'percent' },
    ],
  },
  {
    bench: 'inference',
    title: 'Sliding-window inference',
    command: 'npm run bench:inference',
    text: `From a volume to its labels: windows of 96³, Gaussian blending, two classes, the same weights in both; beside
\`precision: mixed\` MONAI runs under torch's autocast to bfloat16. *Difference* is the largest between two probabilities of the same voxel.`,
    columns: [
      { title: 'volume', metric: 'volume_seconds', format: 'seconds', ratio: true },
      { title: 'processor', metric: 'volume_processor_seconds', format: 'seconds', ratio: true },
      { title: 'peak resident', metric: 'peak_resident_bytes', format: 'gigabytes' },
      { title: 'difference', metric: 'largest_difference', format: 'number' },
      { title: 'labels that differ', metric: 'labels_differing', format: 'number' },
    ],
  },
  {
    bench: 'dice',
    title: 'Time to Dice',
    command: 'MSD_HIPPOCAMPUS_ROOT=… npm run bench:dice -- --peer 1300',
    text: `Seconds of training, validation not counted, until \`experiments/hippocampus-fast.exp\` reaches a validation Dice of 0.87
(anterior) and 0.86 (posterior), as the clock had it. *By the processors* is the number of steps times what a step takes of all cores
together, measured afterwards in a process of its own: what a quiet machine would take, without the wait for others.`,
    columns: [
      { title: 'training, clock', metric: 'goal_seconds', format: 'seconds' },
      { title: 'steps', metric: 'goal_steps', format: 'number' },
      { title: 'training, by the processors', metric: 'goal_processor_seconds', format: 'seconds' },
      { title: 'step, by the processors', metric: 'step_processor_seconds', format: 'seconds' },
      { title: 'step, clock', metric: 'step_seconds', format: 'seconds' },
      { title: 'last Dice, anterior', metric: 'last_dice_anterior', format: 'dice' },
      { title: 'posterior', metric: 'last_dice_posterior', format: 'dice' },
    ],
  },
  {
    bench: 'data',
    title: 'Reading and augmenting',
    command: 'npm run bench:data',
    text: `One patch, one augmentation at probability 1, on a clone of the patch that is not counted. MONAI on one thread or all, whichever
is faster; ours on one, where a data worker makes its patches.`,
    columns: 'each metric',
  },
  {
    bench: 'starvation',
    title: 'Waiting for data',
    command: 'npm run bench:starvation',
    text: `One worker, every augmentation of the language at probability ½; the second half of an epoch's steps, when all volumes have been
read once, by the run's own record, and the most that the whole trainer had resident meanwhile.`,
    columns: [
      { title: 'wait, share of a step', metric: 'wait_share', format: 'percent' },
      { title: 'wait', metric: 'wait_ms', format: 'milliseconds' },
      { title: 'step', metric: 'step_seconds', format: 'seconds' },
      { title: 'resident', metric: 'resident_bytes', format: 'gigabytes' },
    ],
  },
  {
    bench: 'overhead',
    title: 'The screen and tracking',
    command: 'npm run bench:overhead',
    text: `While one run goes on, the process beside its trainer, which draws and delivers, is halted and continued in turn, three
seconds each: *more* is what a step takes with it beyond the mean of the two spans around it without, for each pair, and *median* lies
between its brackets with a probability of 95 %, whatever the distribution. Half a second after each change, in which it catches up, is left
out. *Beside it* is that process's own work, in parts of the trainer's processor time and of one core.`,
    columns: [
      { title: 'step', metric: 'step_ms', format: 'milliseconds' },
      { title: 'without', metric: 'step_halted_ms', format: 'milliseconds' },
      { title: 'more', metric: 'step_more', format: 'percent' },
      { title: 'median', metric: 'step_more_median', format: 'percent' },
      { title: 'beside it, of the trainer', metric: 'attendant_cpu_share', format: 'percent' },
      { title: 'of a core', metric: 'attendant_core_share', format: 'percent' },
    ],
  },
  {
    bench: 'leak',
    title: 'Leaks',
    command: 'npm run bench:leak',
    text: `Training steps with a prediction after every twentieth. Tensors at the end beyond those after the first half, and the slope of
resident memory in the second half by least squares.`,
    columns: [
      { title: 'steps', metric: 'steps', format: 'number' },
      { title: 'tensors gained', metric: 'tensors_gained', format: 'number' },
      { title: 'resident, a step', metric: 'resident_bytes_per_step', format: 'bytes' },
      { title: 'resident', metric: 'resident_bytes', format: 'gigabytes' },
    ],
  },
  {
    bench: 'compile',
    title: 'Compiling and planning',
    command: 'npm run bench:compile',
    text: `*First* is a fresh process's, where the code is not yet optimised.`,
    columns: [
      { title: 'first', metric: 'first_ms', format: 'milliseconds' },
      { title: 'later', metric: 'later_ms', format: 'milliseconds' },
    ],
  },
];
