import { check } from '../../compiler/check.ts';

/**
 * How long `exp check` thinks about 5,000 lines: once of many experiments that extend one, once of a single long list. The
 * first figure is a fresh process, the second the median of those that follow, as an editor sees them.
 */

const LINES = 5000;
const REPEATS = 9;

const BASE = `experiment base {
  dataset bids("data/organ") { image: "T1w"  label: "desc-manual_dseg"  foreground: [1] }
  model SegResNet { init_filters: 8 }
  patch: 32x32x32
  schedule { epochs: 10 }
}
`;

function family(index: number): string {
  return `experiment e${index} extends base {
  seed: ${index}
  schedule {
    epochs: ${index + 1}
    validate: every 2 epochs
  }
  augment {
    flip(axes: [x, y, z], probability: 50%)
    intensity_scale(range: 10%, probability: 50%)
  }
  optimizer: adamw(learning_rate: 1e-4, weight_decay: 1e-5)
  profile lab on node-${index} {
    workers: 1
  }
}
environment node-${index} {
  gpu: A100(memory: 40GB)
  cpu: 16 cores
  memory: 128GB
  price: $0/h
}
`;
}

function repeated(piece: (index: number) => string, before: string, after: string): string {
  let text = before;
  let lines = 0;
  for (let index = 0; lines < LINES; index++) {
    text += piece(index);
    lines += piece(index).split('\n').length - 1;
  }
  return text + after;
}

const files = {
  experiments: repeated(family, BASE, ''),
  'one list': repeated(
    (index) => `    flip(axes: [x, y, z], probability: ${index % 100}%)\n`,
    BASE.replace(/\}\n$/, '  augment {\n'),
    '  }\n}\n',
  ),
};

/** Milliseconds on the clock and of the processor: on a busy machine the latter is the one to compare. */
function measure(text: string): { readonly wall: number; readonly cpu: number } {
  const source = { path: 'bench.exp', text };
  const [start, used] = [performance.now(), process.cpuUsage()];
  const errors = check(source).filter(({ severity }) => severity === 'error');
  const { user, system } = process.cpuUsage(used);
  if (errors.length > 0) throw new Error(errors[0]?.message);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

function shown(values: ReturnType<typeof measure> | undefined): string {
  return values === undefined ? '' : `${values.wall.toFixed(0)} ms (${values.cpu.toFixed(0)} ms of CPU)`;
}

for (const [name, text] of Object.entries(files)) {
  // A comment more each time: a file that was checked before must not be remembered.
  const [first, ...later] = Array.from({ length: REPEATS + 1 }, (_, run) => measure(`${text}// ${run}\n`));
  const median = later.sort((a, b) => a.wall - b.wall)[Math.floor(later.length / 2)];
  console.log(`${name}: ${text.split('\n').length} lines, first ${shown(first)}, then ${shown(median)}`);
}
