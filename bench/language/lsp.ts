import { spawn } from 'node:child_process';
import * as rpc from 'vscode-jsonrpc/node';

/**
 * How soon `exp lsp` has answered one edit of a 1,000-line file, over its pipes: from sending the change of one character to
 * the diagnostics of that version, and from there to a completion and a hover. Once of many experiments, once of a single
 * one with many profiles.
 */

const LINES = 1000;
const EDITS = 40;

const BASE = `experiment base {
  dataset bids("data/organ") { image: "T1w"  label: "desc-manual_dseg"  foreground: [1] }
  model SegResNet { init_filters: 8 }
  patch: 32x32x32
  schedule { epochs: 10 }
`;

function whole(index: number): string {
  return `experiment e${index} {
  description: "Trial ${index}"
  dataset bids("data/organ") {
    image: "T1w"
    label: "desc-manual_dseg"
    foreground: [1, 2]
    split: 70% / 15% / 15%
    spacing: 1.0x1.0x1.0 mm
  }
  model SegResNet { init_filters: ${8 * (1 + (index % 4))} }
  patch: 64x64x64
  augment {
    flip(axes: [x, y, z], probability: 50%)
    rotate90(planes: [xy], probability: 10%)
    gaussian_noise(std: 0.01, probability: 10%)
  }
  optimizer: adamw(learning_rate: 1e-4, weight_decay: 1e-5)
  schedule {
    epochs: 100
    validate: every 2 epochs
    early_stop: patience 20 epochs on val.dice
    keep_best: val.dice
  }
  metrics: [dice, hausdorff95]
  expect val.dice >= 0.80
  profile gpu on aws.g4dn.xlarge {
    batch_size: 2..4
    workers: 4
  }
  profile trial on local {
    patch: 32x32x32
    schedule { epochs: 2  keep_best: val.dice }
  }
}
`;
}

function profile(index: number): string {
  return `  profile p${index} on aws.g4dn.xlarge {
    batch_size: ${1 + (index % 4)}
    workers: ${index % 4}
    optimizer: adamw(learning_rate: 1e-4)
    schedule {
      epochs: ${10 + index}
      validate: every 2 epochs
    }
    cache: memory
  }
`;
}

function repeated(piece: (index: number) => string, before: string, after: string): string {
  let text = before;
  for (let index = 0; text.split('\n').length < LINES; index++) text += piece(index);
  return text + after;
}

const FILES = {
  experiments: repeated(whole, '', ''),
  profiles: repeated(profile, BASE, '}\n'),
};

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly { readonly message: string; readonly severity: number }[];
}

const child = spawn(process.execPath, ['bin/exp.mjs', 'lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
const connection = rpc.createMessageConnection(
  new rpc.StreamMessageReader(child.stdout),
  new rpc.StreamMessageWriter(child.stdin),
);
let wake: (published: Published) => void = () => {};
connection.onNotification('textDocument/publishDiagnostics', (published: Published) => wake(published));
connection.listen();

/** Sends a notification and waits for what is published of that version. */
async function published(method: string, version: number, parameters: object): Promise<Published> {
  const answer = new Promise<Published>((done) => {
    wake = (each) => each.version === version && done(each);
  });
  await connection.sendNotification(method, parameters);
  return answer;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function summary(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, 90% within ${at(0.9)} ms, slowest ${at(1)} ms`;
}

await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
await connection.sendNotification('initialized', {});
for (const [name, text] of Object.entries(FILES)) {
  const uri = `file:///bench/${name}.exp`;
  const first = await timed(async () => {
    const textDocument = { uri, languageId: 'exp', version: 1, text };
    const { diagnostics } = await published('textDocument/didOpen', 1, { textDocument });
    const mistake = diagnostics.find(({ severity }) => severity === 1);
    if (mistake !== undefined) throw new Error(mistake.message);
  });
  // A digit of a number of epochs in the middle of the file, there and away again.
  const lines = text.split('\n');
  const line = lines.findIndex((each, index) => index > lines.length / 2 && each.includes('epochs: '));
  const character = (lines[line] ?? '').indexOf('epochs: ') + 'epochs: '.length;
  const position = { line, character };
  const times: Record<'edit' | 'completion' | 'hover', number[]> = { edit: [], completion: [], hover: [] };
  for (let edit = 0; edit < EDITS; edit++) {
    const version = edit + 2;
    const end = { line, character: character + (edit % 2) };
    const contentChanges = [{ range: { start: position, end }, text: edit % 2 === 0 ? '1' : '' }];
    const change = { textDocument: { uri, version }, contentChanges };
    times.edit.push(await timed(() => published('textDocument/didChange', version, change)));
    const asked = { textDocument: { uri }, position };
    times.completion.push(await timed(() => connection.sendRequest('textDocument/completion', asked)));
    times.hover.push(await timed(() => connection.sendRequest('textDocument/hover', asked)));
  }
  console.log(`${name}: ${lines.length} lines, first answer after ${first.toFixed(0)} ms`);
  for (const [what, each] of Object.entries(times)) console.log(`  ${what}: ${summary(each)}`);
}
await connection.sendRequest('shutdown');
await connection.sendNotification('exit');
connection.dispose();
