import type { DiagnosticTable } from '../../dsl/diagnostic.ts';

/** What goes wrong outside of the file: environment, data, run. Raised by the runtime as errors of these codes. */
export const RUN_DIAGNOSTICS = {
  EXP4101: {
    severity: 'error',
    message: 'the data set is not there',
    explanation: `The folder that \`dataset\` names does not exist, or holds no case with an image and a label of the names given.
Paths are relative to the \`.exp\` file. Check the path, and for BIDS the suffixes: \`image: "T1w"\` finds \`…_T1w.nii.gz\`,
\`label: "desc-manual_dseg"\` finds \`…_desc-manual_dseg.nii.gz\` below \`derivatives/\`. Elsewhere than in the file the data can be
named for one run: \`--set dataset.root=/data/organ\`.`,
  },
  EXP4102: {
    severity: 'error',
    message: 'a volume cannot be read',
    explanation: `The file is truncated, not NIfTI, compressed wrongly, or of a type that is not supported (complex or RGB voxels, more than
one time point). The message names it. Copy it again from its source, or take the subject out of the data set.`,
  },
  EXP4103: {
    severity: 'error',
    message: 'image and label of a subject disagree',
    explanation: `A label has to lie on the voxel grid of its image: the same shape and the same place in space. Resample the label onto
the image with nearest-neighbour interpolation, or look for a label of another subject under this name.`,
  },
  EXP4104: {
    severity: 'error',
    message: 'the split leaves a part without subjects',
    explanation: `With few subjects a share of 15% can be less than one of them. Use more subjects, or larger shares for validation and
test. \`dataset { subjects: first 8 }\` in a profile counts before the split.`,
  },
  EXP4201: {
    severity: 'error',
    message: 'training diverged',
    explanation: `The loss or a gradient is no longer a number. Most often the learning rate is too high: divide it by ten, or limit
gradients with \`adamw(gradient_clip: 12)\`. Look also for volumes with NaN or constant intensities. The last good checkpoint is kept.`,
  },
  EXP4301: {
    severity: 'error',
    message: 'a checkpoint cannot be used',
    explanation: `The checkpoint is missing, damaged (its checksum does not match) or of another plan. \`exp resume\` falls back to the one
before where there is one; otherwise start the run again.`,
  },
  EXP4302: {
    severity: 'error',
    message: 'a file of weights cannot be used',
    explanation: `The file that \`model { weights: "…" }\` or \`exp weights\` names is missing, damaged, of a format that is not read, or holds
nothing that fits the model. \`exp weights inspect FILE\` lists what is in it, \`exp weights import FILE --model my.exp -o out.safetensors\`
says which tensors match and why others do not. PyTorch files are read without executing anything, so that pickled objects other than
tensors are refused: save \`model.state_dict()\` instead of the model.`,
  },
  EXP4401: {
    severity: 'error',
    message: 'the tracking server did not take the run',
    explanation: `The MLflow server at \`track\`'s \`uri\`, or at MLFLOW_TRACKING_URI, did not answer or refused. The run itself is not
affected: everything is in the run's folder and is sent when the server is back. Check the address, MLFLOW_TRACKING_USERNAME and
MLFLOW_TRACKING_PASSWORD or MLFLOW_TRACKING_TOKEN. Servers from 3.5 on answer 403 to hosts that \`--allowed-hosts\` does not name.`,
  },
  EXP4402: {
    severity: 'error',
    message: 'a secret has no value',
    explanation: `The file says \`secret("NAME")\`, and the environment has no variable of that name. Its value stands in no file of
ours, so it has to be there whenever it is used: when a run starts or goes on, and for \`exp sync\`. Set it in the shell or
have your cluster's scheduler set it, and start again; nothing was started.`,
  },
  EXP4501: {
    severity: 'error',
    message: 'the engine cannot be used',
    explanation: `TensorFlow, or the binding to it, is missing or does not load. \`exp doctor\` shows what was found and what is missing;
\`exp setup\` mends it.`,
  },
  EXP4502: {
    severity: 'error',
    message: 'the machine ran out of memory',
    explanation: `The operating system ended the trainer while memory was short, or the plan needs more than the machine has and nothing
was started. Make \`patch\` or \`batch_size\` smaller, set
\`cache: none\` and fewer \`workers\`, or close other programs. \`exp resume RUN\` continues from the last checkpoint.`,
  },
  EXP4601: {
    severity: 'error',
    message: 'the run cannot be used',
    explanation: `The run's folder does not exist, another process is working in it, or it holds nothing to continue from.
\`exp runs\` lists the runs that there are.`,
  },
  EXP4602: {
    severity: 'error',
    message: 'the budget is used up',
    explanation: `\`budget: $30, 20h\` limits what an experiment may cost and how long it may take, over all its attempts; of a sweep
or of folds, all runs together. Cost is the price of the environment times the time that its machine was taken. At the limit the run writes a
checkpoint and stops. \`exp resume RUN --set 'budget=$60'\` goes on from there: a larger budget makes no other run.`,
  },
} as const satisfies DiagnosticTable;
