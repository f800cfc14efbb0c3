import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { nodeCost } from '../compiler/graph/costs.ts';
import { inferenceProgram, trainingProgram } from '../compiler/graph/programs.ts';
import type { Graph, GraphNode } from '../compiler/graph/types.ts';
import { initialWeights } from '../compiler/graph/weights.ts';
import { PRECISIONS } from '../compiler/plan/precisions.ts';
import type { Plan } from '../compiler/plan/schema.ts';
import { trainerEnvironment } from '../runtime/engine/environment.ts';
import { openNativeEngine } from '../runtime/engine/native/open.ts';
import { locateBinding } from '../runtime/engine/provision/locate.ts';
import type { Engine } from '../runtime/engine/types.ts';
import { createLearner } from '../runtime/training/learner.ts';
import { isMeasuring } from './harness/options.ts';
import { NETWORKS, type NetworkName, planOf } from './harness/plans.ts';
import { noiseBatch } from './step/noise.ts';

/**
 * Where the time of a training step, or with `--inference` of one window, goes, run op by op: calls, milliseconds, and what that
 * is in arithmetic and in memory traffic, for each op, or with `--shapes` for each op at each shape. Of each node the shortest
 * time of all steps counts, so that others' work does not. Reshapes cost nothing and are left out.
 *
 *   npm run bench:profile -- [--network swin24] [--size 96] [--precision mixed] [--memory 4GB] [--steps 3] [--inference] [--shapes]
 */

/** What is listed, at most, of an op's operands or results. */
const MOST_SHAPES = 8;

interface Line {
  calls: number;
  milliseconds: number;
  flops: number;
  bytes: number;
}

function options() {
  const { values } = parseArgs({
    options: {
      network: { type: 'string', default: 'swin24' },
      size: { type: 'string', default: '96' },
      memory: { type: 'string' },
      precision: { type: 'string', default: 'float32' },
      steps: { type: 'string', default: '3' },
      inference: { type: 'boolean', default: false },
      shapes: { type: 'boolean', default: false },
      measure: { type: 'boolean', default: false },
    },
  });
  const network = (Object.keys(NETWORKS) as NetworkName[]).find((name) => name === values.network);
  if (network === undefined) throw new Error(`--network is one of ${Object.keys(NETWORKS).join(', ')}`);
  const precision = PRECISIONS.find((name) => name === values.precision);
  if (precision === undefined) throw new Error(`--precision is one of ${PRECISIONS.join(', ')}`);
  return { ...values, network, precision, size: Number(values.size), steps: Math.max(1, Number(values.steps)) };
}

async function measure(): Promise<void> {
  const { network, size, precision, memory, steps, inference, shapes } = options();
  const plan = planOf(network, [
    `patch: ${size}x${size}x${size}`,
    `precision: ${precision}`,
    ...(memory === undefined ? [] : [`memory: ${memory}`]),
  ]);
  const located = locateBinding();
  if (located === null) throw new Error('TensorFlow is not set up: run `exp setup`');
  const shortest = new Map<GraphNode, number>();
  const engine = openNativeEngine(located, {
    observer(node, milliseconds) {
      shortest.set(node, Math.min(milliseconds, shortest.get(node) ?? Number.POSITIVE_INFINITY));
    },
  });
  const graphs = inference ? predict(engine, plan, steps) : await train(engine, plan, steps);
  engine.close();

  const lines = new Map<string, Line>();
  for (const graph of graphs) {
    for (const node of graph.nodes) {
      if (node.op === 'reshape') continue;
      const name = shapes ? `${node.op} ${shapesOf(graph, node)}` : node.op;
      const line = lines.get(name) ?? { calls: 0, milliseconds: 0, flops: 0, bytes: 0 };
      const { flops, bytes } = nodeCost(graph, node);
      line.calls++;
      line.milliseconds += shortest.get(node) ?? 0;
      line.flops += flops;
      line.bytes += bytes;
      lines.set(name, line);
    }
  }
  report(inference ? 'a window' : 'a step', lines);
}

/** @returns the graphs that ran */
async function train(engine: Engine, plan: Plan, steps: number): Promise<readonly Graph[]> {
  const program = trainingProgram(plan);
  const learner = createLearner(engine, program, plan.optimizer, plan.seed, null);
  const batch = noiseBatch(plan.patch[0]);
  for (let step = 1; step <= steps; step++) {
    await learner.computeLoss(batch);
    await learner.update(1e-4, step);
  }
  learner.close();
  return [program.step.graph, program.update.graph];
}

/** @returns the graph that ran */
function predict(engine: Engine, { model, patch, precision }: Plan, windows: number): readonly Graph[] {
  const program = inferenceProgram({ model, roiSize: patch, batchSize: 1, precision });
  const weights = engine.upload(initialWeights(program.weights, 1), [program.weightCount]);
  const image = engine.upload(noiseBatch(patch[0]).image, [1, ...patch, model.inChannels]);
  for (let window = 0; window < windows; window++) {
    engine.dispose(...Object.values(engine.execute(program.forward, { weights, image })));
  }
  engine.dispose(weights, image);
  return [program.forward.graph];
}

function shapesOf({ values }: Graph, { inputs, outputs }: GraphNode): string {
  const shape = (id: number) => values[id]?.shape.join('×') || '1';
  // The weights are split into hundreds.
  const shapes = (ids: readonly number[]) =>
    ids.length > MOST_SHAPES ? `${ids.length} tensors` : ids.map(shape).join(' ');
  return `${shapes(inputs)} → ${shapes(outputs)}`;
}

function report(title: string, lines: ReadonlyMap<string, Line>): void {
  const width = Math.max(...[...lines.keys()].map((name) => name.length));
  const total = [...lines.values()].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const row = (name: string, cells: readonly (string | number)[]) =>
    process.stdout.write(`${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join('')}\n`);
  row(title, ['calls', 'ms', 'share', 'GFLOP/s', 'GB/s']);
  for (const [name, line] of [...lines].sort(([, a], [, b]) => b.milliseconds - a.milliseconds)) {
    const { calls, milliseconds, flops, bytes } = line;
    const rates = [(flops / 1e6 / milliseconds).toFixed(0), (bytes / 1e6 / milliseconds).toFixed(1)];
    row(name, [calls, milliseconds.toFixed(1), `${((100 * milliseconds) / total).toFixed(1)} %`, ...rates]);
  }
  row('all', ['', total.toFixed(1)]);
}

if (isMeasuring) await measure();
else {
  const [, bundle = '', ...given] = process.argv;
  const run = spawnSync(process.execPath, [bundle, '--measure', ...given], {
    env: trainerEnvironment(process.env),
    stdio: 'inherit',
  });
  process.exitCode = run.status ?? 1;
}
