import { GPUS } from '../catalogue/gpus.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { type CallChoice, callVariant, type Group, optional, type Scalar, type TableValue } from './field.ts';
import { read } from './reader.ts';
import { mismatch } from './values/describe.ts';
import { plainNumber, quantity, readQuantity, writeQuantity } from './values/numbers.ts';
import { evaluated, hourlyPrice } from './values/special.ts';
import { orWord, text } from './values/words.ts';

interface Gpu {
  readonly name: string;
  readonly memoryBytes: number;
  readonly count: number;
}

const EXAMPLE = 'A100(memory: 40GB)';

/** `T4`, `A100(memory: 40GB)`, `A100(memory: 80GB, count: 8)`: any model; the catalogue knows the memory of many. */
const gpu: Scalar<Gpu> = {
  kind: 'scalar',
  describe: 'a GPU',
  example: EXAMPLE,
  words: Object.keys(GPUS),
  textual: false,
  write: ({ name, memoryBytes, count }) =>
    `${name}(memory: ${writeQuantity(memoryBytes, 'memory')}${count === 1 ? '' : `, count: ${count}`})`,
  read: (expression, reader) => {
    const value = evaluated(reader, expression);
    if (value === null) return null;
    if (value.kind !== 'reference' && value.kind !== 'call') return mismatch(reader, value, 'a GPU', EXAMPLE);
    const name = value.kind === 'call' ? value.callee.text : value.text;
    let memory: number | null = GPUS[name]?.memoryBytes ?? null;
    let gpuCount = 1;
    for (const argument of value.kind === 'call' ? value.arguments : []) {
      const field = argument.name?.text;
      if (field === 'memory') {
        const bytes = readQuantity({ ...reader, field }, argument.value, 'memory', { above: 0 }, '40GB');
        if (bytes === null) return null;
        memory = bytes.value;
      } else if (field === 'count') {
        const gpus = plainNumber({ ...reader, field }, argument.value, { min: 1, max: 64 }, 'a whole number', '1');
        if (gpus === null) return null;
        if (!Number.isSafeInteger(gpus.value)) return mismatch(reader, argument.value, 'a whole number', '1');
        gpuCount = gpus.value;
      } else if (field === undefined) {
        reader.report(reportName('EXP2107', argument.span, { callee: name }, { help: `for example \`${EXAMPLE}\`` }));
        return null;
      } else {
        reader.report(
          reportName(
            'EXP2103',
            argument.name?.span ?? argument.span,
            { callee: name, name: field },
            { help: 'it takes `memory` and `count`' },
          ),
        );
        return null;
      }
    }
    if (memory !== null) return read({ name, memoryBytes: memory, count: gpuCount });
    reader.report(reportName('EXP2108', value.span, { name }, { help: `say it: \`gpu: ${name}(memory: 24GB)\`` }));
    return null;
  },
};

const SCHEDULER = {
  kind: 'callChoice',
  noun: 'scheduler',
  variants: {
    slurm: callVariant('Jobs are handed to SLURM.', {
      partition: optional(text('"gpu"'), 'The partition; without it, the cluster’s default.'),
      account: optional(text('"radiology"'), 'The account that is charged.'),
    }),
  },
} as const satisfies CallChoice;

/** `environment lab.a100 { … }`: hardware and what it costs. */
export const ENVIRONMENT = {
  kind: 'group',
  fields: {
    gpu: optional(orWord(gpu, 'none'), 'The GPU of the machine; `none` trains on the CPU.'),
    cpu: optional(quantity('cores', { min: 1, max: 1024, example: '16 cores' }), 'Cores of the CPU.'),
    memory: optional(quantity('memory', { above: 0, example: '128GB' }), 'Main memory.'),
    storage: optional(quantity('memory', { above: 0, example: '125GB' }), 'Local disk for data and caches.'),
    session: optional(
      quantity('hours', { above: 0, example: '12h' }),
      'After how long it ends by itself; a run goes on in the next one with `exp resume`.',
    ),
    scheduler: optional(SCHEDULER, 'What starts jobs there.'),
    price: optional(hourlyPrice, 'What an hour costs, in US dollars.'),
    region: optional(text('"us-east-1"'), 'The region that the price holds for.'),
    as_of: optional(text('"2026-11"'), 'When the price was looked up.'),
  },
} as const satisfies Group;

export type EnvironmentValues = TableValue<(typeof ENVIRONMENT)['fields']>;
