import { type DiagnosticTable, diagnosticCreator } from '../../dsl/diagnostic.ts';

/** What is wrong between values, each fine by itself. 300x data, 301x model and patch, 302x schedule and metrics, 303x inference, 304x hardware, 305x schedules that end too soon, 306x tracking. */
export const RULE_DIAGNOSTICS = {
  EXP3001: {
    severity: 'error',
    message: 'the split adds up to {sum}%, not to 100%',
    explanation: `\`split: 70% / 15% / 15%\` says how the subjects are divided into training, validation and test; nobody may be left out
or counted twice. With two parts there is no test set: \`split: 80% / 20%\`.`,
  },
  EXP3002: {
    severity: 'error',
    message: 'the split leaves no subjects for {part}',
    explanation: `Training needs subjects, and so does validation: the best checkpoint and early stopping are chosen by it.
A test set may be left out.

Subjects are cut at whole numbers. Of \`subjects: first 4\`, \`split: 70% / 15% / 15%\` would give 2 to training, 1 to validation
and 1 to the test set; of \`first 3\`, none to validation.`,
  },
  EXP3003: {
    severity: 'error',
    message: '`out_channels` is {channels}, but merging labels into one foreground leaves 2 classes',
    explanation: `\`foreground: [1, 2]\` merges those label values into class 1, so that the network separates two classes: background and
foreground. Set \`out_channels: 2\`, or leave it out: it follows from the data set. To keep the labels apart, remove \`foreground\`.`,
  },
  EXP3004: {
    severity: 'error',
    message: 'how many classes the model separates is not said',
    explanation: `Without \`foreground\` the label values themselves are the classes, and the compiler does not read the data to count
them. Say it, background included: \`model SegResNet { out_channels: 3 }\`.`,
  },
  EXP3005: {
    severity: 'error',
    message: 'balanced sampling with `positive: 0` and `negative: 0` samples nothing',
    explanation: `\`balanced(positive: 1, negative: 1)\` centres patches on foreground and background in the ratio of the two numbers.
At least one of them has to be above 0.`,
  },
  EXP3006: {
    severity: 'error',
    message: 'the intensity window runs from {from} to {to}',
    explanation: `Intensities are mapped from a window of the input onto a window of the output; each has to run from the smaller to the
larger value: \`range(from: -175, to: 250, min: 0, max: 1)\`, \`percentiles(lower: 0.5, upper: 99.5)\`.`,
  },
  EXP3007: {
    severity: 'error',
    message: '`{field}` names `{value}` twice',
    explanation: `A list of axes, planes, labels or metrics is a set: naming an element again adds nothing, and is mostly a slip for
another one.`,
  },
  EXP3008: {
    severity: 'warning',
    message: '`{name}` with a probability of 0 never happens',
    explanation: `\`probability\` is how often a patch is changed: \`flip(probability: 50%)\` flips every second patch. At 0 the line has
no effect, and a reader of the file is misled.`,
  },
  EXP3009: {
    severity: 'error',
    message: '{folds} folds need at least {folds} subjects beside those of the test, but there are {available}',
    explanation: `Cross-validation divides the subjects that the split does not keep apart for the test; each of them is validated in
exactly one fold. Of the split only the test share counts: \`folds\` decides over training and validation. Take fewer folds, or more
subjects.`,
  },
  EXP3010: {
    severity: 'error',
    message: '`in_channels` is {channels}, and the data set names {images} a subject',
    explanation: `Each image file is a channel of the network's input: \`image: "T1w"\` needs \`in_channels: 1\`, which is the default, and
\`image: ["T1w", "FLAIR"]\` needs \`in_channels: 2\`. Channels come in the order of the list, in training as in prediction. The
decathlon keeps all channels of a subject in one file, whose number \`in_channels\` has to say: 4 for its brain tumours.`,
  },
  EXP3011: {
    severity: 'error',
    message: '`feature_size: {size}` does not fit SwinUNETR',
    explanation: `SwinUNETR doubles its width at each of its stages, and each stage divides its width among its attention heads
(3, 6, 12 and 24 by default). \`feature_size\` has to be a multiple of 12, and each stage's width a multiple of its heads.
MONAI's usual choices are 12, 24, 36 and 48.`,
  },
  EXP3012: {
    severity: 'error',
    message: '{field} {size} does not fit {model}',
    explanation: `A network that halves each side several times needs sides that can be halved that often. SwinUNETR halves five times:
sides are multiples of 32. SegResNet halves once for each entry of \`blocks_down\` but the first: multiples of 8 with the default of
four. UNet and DynUNet need multiples of the product of their \`strides\`. The same holds for \`roi_size\`, the window of inference.

    patch: 100x96x96     // wrong for SwinUNETR
    patch: 96x96x96      // right`,
  },
  EXP3013: {
    severity: 'error',
    message: '`init_filters: {filters}` cannot be divided into {groups} groups',
    explanation: `SegResNet normalises its channels in groups (MONAI: \`num_groups\` 8), so the number of filters has to be a multiple of
the number of groups.`,
  },
  EXP3014: {
    severity: 'error',
    message: '`{field}` has {count} entries, but `{other}` with {otherCount} needs {needed}',
    explanation: `A network has one entry for each level. SegResNet goes up once for each time it goes down: \`blocks_down: [1, 2, 2, 4]\` has four levels, hence three steps up,
\`blocks_up: [1, 1, 1]\`. UNet has a stride between each two levels: one less than \`channels\`. DynUNet has a stride, a kernel size
and a filter count on each level.`,
  },
  EXP3015: {
    severity: 'error',
    message: 'a patch of {size} leaves {model} a single voxel at its deepest level',
    explanation: `The network normalises each channel over the voxels of a sample. At the deepest level of SwinUNETR a patch of 32x32x32
has become one voxel, whose deviation from its own mean is always 0. Let at least one side be twice as long.`,
  },
  EXP3017: {
    severity: 'error',
    message: '{model} does not take `{field}: {value}`',
    explanation: `The settings of a network fit each other as in MONAI: kernels of UNet are odd, so that padding keeps the size; DynUNet
starts at full size (the first stride is 1), its \`upsample_kernel_size\` is its strides without the first, and deep supervision looks
at fewer levels than the network has on its way up.`,
  },
  EXP3016: {
    severity: 'warning',
    message: 'of a patch of {size}, {percent}% lies outside of volumes of {volume}',
    explanation: `A volume that is smaller than the patch is padded with zeros on both sides. A little of it does no harm; a patch that
is mostly padding costs time and memory, and teaches the network nothing.`,
  },
  EXP3021: {
    severity: 'warning',
    message: 'the warm-up of {warmup} {unit} is as long as the schedule of {length}',
    explanation: `The learning rate rises during the warm-up and falls after it. A schedule that ends before never reaches the rate that
\`learning_rate\` states. A profile that shortens the schedule for a trial run is not warned of.`,
  },
  EXP3022: {
    severity: 'warning',
    message: 'validation every {every} epochs happens only once in {epochs}, at the end',
    explanation: `The last epoch is always validated, so that every run has a result. With a single validation there is nothing to
choose the best checkpoint from, and early stopping cannot happen. Validate more often, unless this is a trial run.`,
  },
  EXP3023: {
    severity: 'error',
    message: 'the run will not measure `{metric}`',
    explanation: `\`early_stop\` and \`keep_best\` watch a metric that validation measures: \`val.\` and a name listed in \`metrics\`, or
\`train.loss\`. Add the metric to \`metrics\`, or watch one that is there.`,
  },
  EXP3024: {
    severity: 'error',
    message: 'nothing will be known of `{metric}` when the run ends',
    explanation: `\`expect\` compares a metric of the finished run: \`val.dice\` (the best checkpoint's), \`test.dice\` where there are test
subjects, \`train.loss\`. The metric has to be listed in \`metrics\`.`,
  },
  EXP3025: {
    severity: 'error',
    message: '`{metric}` lies between 0 and 1, so `{operator} {value}` says nothing',
    explanation: `Overlap measures such as Dice are fractions: write \`0.80\` or \`80%\`, not \`80\`. An expectation that always or never
holds is a slip.`,
  },
  EXP3026: {
    severity: 'error',
    message: 'there are no test subjects to predict',
    explanation: `\`predict: test\` writes predictions for the test set, but the split has none. Give the test set a share
(\`split: 70% / 15% / 15%\`) or predict the validation set.`,
  },
  EXP3027: {
    severity: 'error',
    message: '`surface_dice` has {count} tolerances for {classes} foreground classes',
    explanation: `One tolerance holds for all classes: \`surface_dice(tolerance: 2mm)\`. A list has one for each foreground class, in
the order of the labels: \`surface_dice(tolerance: [1mm, 2mm])\`.`,
  },
  EXP3028: {
    severity: 'error',
    message: 'there is no class {label}: the model separates the classes 0 to {last}',
    explanation: `\`postprocess { largest_component(classes: [1]) }\` names classes as the model knows them. Where \`foreground\` merges
labels, what is left is class 1.`,
  },
  EXP3031: {
    severity: 'warning',
    message: 'an overlap of {percent}% takes {factor} times as many windows as 50%',
    explanation: `Along each of the three axes, windows that share nine tenths are five times as many as windows that share half, 125
times in all. A quarter (MONAI) to a half (nnU-Net) is what studies use.`,
  },
  EXP3041: {
    severity: 'warning',
    message: '{workers} workers are more than the {cores} cores of `{environment}`',
    explanation: `Data workers are threads that decode and augment volumes. More of them than cores slow each other down, and the trainer
too. One core should remain for the trainer.`,
  },
  EXP3042: {
    severity: 'error',
    message: 'a training step needs about {needed} GB, more than the {available} GB of `{environment}`',
    explanation: `The compiler knows each tensor of a training step and when it is last used, so it knows the least memory that a step
takes, before anything runs. Make the patch or the batch smaller, the model narrower, or choose an environment with more memory.`,
  },
  EXP3043: {
    severity: 'warning',
    message: '`{environment}` does not state its memory, so `batch_size: {from}..{to}` becomes {from}',
    explanation: `The planner takes the largest batch of a range that fits the memory of the profile's environment. The environment
\`local\` is whatever machine the run starts on, and says nothing about it. Use a profile on an environment that states its memory, or
write one number.`,
  },
  EXP3051: {
    severity: 'warning',
    message: 'a checkpoint every {every} epochs comes only at the end of {epochs}',
    explanation: `\`checkpoint\` says how often the state is saved, to resume from. The end of a run is always saved; what is
interrupted before the first checkpoint starts again from nothing.`,
  },
  EXP3052: {
    severity: 'warning',
    message: 'a patience of {patience} epochs cannot run out within {epochs}',
    explanation: `\`early_stop: patience 20 epochs on val.dice\` stops the run when 20 epochs have gone by without a better
\`val.dice\`. In a schedule that is no longer than that it never does.`,
  },
  EXP3053: {
    severity: 'warning',
    message: 'a patience of {patience} epochs runs out before the next validation, which comes every {every}',
    explanation: `Validation is what can show that the metric is still improving. With a patience that is shorter than the pause
between two validations, the run ends as soon as one validation was worse than an earlier one, or before a second was made.`,
  },
  EXP3044: {
    severity: 'error',
    message: '{what} would take at least {amount}, more than the budget of {limit}',
    explanation: `\`budget: $30, 20h\` says what an experiment may cost and how long it may take; of a sweep or of folds, all runs
together. Even at the fastest that hardware of this kind reaches, this one takes more, so nothing is started. Raise the budget, train fewer
epochs or runs, or choose a faster or cheaper environment.`,
  },
  EXP3045: {
    severity: 'warning',
    message: '{what} may take up to {amount}, more than the budget of {limit}',
    explanation: `The estimate is a band, and its upper end is beyond the budget. The run starts; when it has spent its budget it stops
with a checkpoint, and \`exp resume RUN --set 'budget=…'\` continues it with a larger one.`,
  },
  EXP3046: {
    severity: 'warning',
    message: '`memory` allows {allowed} GB, but a training step is expected to take {needed} GB',
    explanation: `\`memory: 2GB\` counts all that the trainer takes of the device: the engine itself (about half a gigabyte without a
GPU), weights and optimizer state, and the activations of a step. Only activations can be computed again instead of kept. Where all of
that is not enough the run keeps everything, and takes what it takes: choose a smaller patch, batch or network, or allow more.`,
  },
  EXP3061: {
    severity: 'error',
    message: 'the alias `{alias}` belongs to no registered model',
    explanation: `\`track: mlflow(register: "organ-segmenter", alias: "champion")\` makes the best model of the run a new version of the
registered model \`organ-segmenter\` and gives that version the alias. An alias without \`register\` has no model to point into.`,
  },
} as const satisfies DiagnosticTable;

export const reportRule = diagnosticCreator(RULE_DIAGNOSTICS);

export type RuleCode = keyof typeof RULE_DIAGNOSTICS;
