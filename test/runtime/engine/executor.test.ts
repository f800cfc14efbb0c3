import { afterEach, describe, expect, it } from 'vitest';
import { graphBuilder } from '../../../compiler/graph/builder.ts';
import { schedule } from '../../../compiler/graph/schedule.ts';
import type { Engine, TensorHandle } from '../../../runtime/engine/types.ts';
import { EngineError } from '../../../runtime/errors.ts';
import { NO_NATIVE, native, portable } from './helpers/engines.ts';
import { singleOp } from './helpers/single-op.ts';

for (const [name, engine] of [
  ['native', native],
  ['portable', portable],
] as const) {
  describe.skipIf(engine === null)(`the ${name} executor (${NO_NATIVE})`, () => specify(engine ?? portable));
}

function specify(engine: Engine): void {
  const held: TensorHandle[] = [];
  const keep = (handle: TensorHandle | undefined): TensorHandle => {
    if (handle === undefined) throw new Error('no such output');
    held.push(handle);
    return handle;
  };
  const vector = (...values: number[]) => keep(engine.upload(Float32Array.from(values), [values.length]));
  afterEach(() => engine.dispose(...held.splice(0)));

  const doubling = (() => {
    const g = graphBuilder();
    const x = g.input('x', [3]);
    const doubled = g.add(x, x);
    g.output('y', g.mul(doubled, g.constant(Float32Array.of(1, 10, 100), [3])));
    g.output('doubled', doubled);
    return schedule(g.finish());
  })();

  it('runs a graph, and gives each output by name', async () => {
    const { y, doubled } = engine.execute(doubling, { x: vector(1, 2, 3) });
    expect([...(await engine.download(keep(y)))]).toEqual([2, 40, 600]);
    expect([...(await engine.download(keep(doubled)))]).toEqual([2, 4, 6]);
  });

  it('leaves nothing behind but the outputs', () => {
    const x = vector(1, 2, 3);
    engine.dispose(...Object.values(engine.execute(doubling, { x })));
    const before = engine.memory();
    engine.dispose(...Object.values(engine.execute(doubling, { x })));
    expect(engine.memory().tensors).toBe(before.tensors);
    expect(engine.memory().bytes).toBe(before.bytes);
    expect(engine.memory().peakBytes).toBeGreaterThan(before.bytes);
  });

  it('leaves nothing behind when an op throws', () => {
    const g = graphBuilder();
    const x = g.input('x', [3]);
    g.output('y', g.square(g.exp(x)));
    const sound = schedule(g.finish());
    const first = sound.graph.nodes[0];
    if (first === undefined) throw new Error('the graph is empty');
    // An op that asks for a value no node has made yet.
    const broken = {
      ...sound,
      graph: { ...sound.graph, nodes: [first, { ...first, inputs: [...first.outputs] }, first] },
    };
    const unsound = { ...broken, releases: [first.outputs, [], []] };
    const before = engine.memory().tensors;
    expect(() => engine.execute(unsound, { x: vector(1, 2, 3) })).toThrow(EngineError);
    expect(engine.memory().tensors).toBe(before + 1);
  });

  it('keeps uploads apart from the array they came from', async () => {
    const data = Float32Array.of(1, 2, 3);
    const handle = keep(engine.upload(data, [3]));
    data.fill(9);
    expect([...(await engine.download(handle))]).toEqual([1, 2, 3]);
  });

  it('gives an output that is also an input as a tensor of its own', async () => {
    const g = graphBuilder();
    const x = g.input('x', [2]);
    g.output('same', x);
    g.output('again', x);
    const { same, again } = engine.execute(schedule(g.finish()), { x: vector(4, 5) });
    engine.dispose(keep(same));
    held.pop();
    expect([...(await engine.download(keep(again)))]).toEqual([4, 5]);
  });

  it('consumes the weights and moments of adamw, and nothing else', async () => {
    const scalar = { shape: [], dtype: 'float32' } as const;
    const flat = { shape: [2], dtype: 'float32' } as const;
    const attributes = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
    const program = singleOp('adamw', attributes, [flat, flat, flat, flat, scalar, scalar, scalar]);
    const consumed = [0, 0, 0].map(() => engine.upload(Float32Array.of(1, 1), [2]));
    const rest = [vector(1, -1), ...[0.1, 0.1, 0.001].map((x) => keep(engine.upload(Float32Array.of(x), [])))];
    const outputs = engine.execute(program, Object.fromEntries([...consumed, ...rest].entries()));
    for (const handle of Object.values(outputs)) keep(handle);
    await expect(engine.download(consumed[0] ?? vector(0))).rejects.toThrow('disposed or consumed');
    await expect(engine.download(rest[0] ?? vector(0))).resolves.toEqual(Float32Array.of(1, -1));
  });

  it.each([
    ['no input', {}, 'input x was not given'],
    ['another name', { x: [3], z: [3] }, 'has no input z; it has x'],
    ['another shape', { x: [4] }, 'Input x must be float32 [3]; it is float32 [4]'],
  ] as const)('refuses %s', (_case, shapes, message) => {
    const inputs = Object.fromEntries(
      Object.entries(shapes).map(([name, [size]]) => [name, keep(engine.upload(new Float32Array(size), [size]))]),
    );
    expect(() => engine.execute(doubling, inputs)).toThrow(message);
  });

  it('refuses another dtype, a disposed tensor, and data that do not fill their shape', () => {
    const integers = keep(engine.upload(Int32Array.of(1, 2, 3), [3]));
    expect(() => engine.execute(doubling, { x: integers })).toThrow('must be float32 [3]; it is int32 [3]');
    const gone = engine.upload(Float32Array.of(1, 2, 3), [3]);
    engine.dispose(gone);
    expect(() => engine.execute(doubling, { x: gone })).toThrow('disposed or consumed');
    expect(() => engine.dispose(gone)).toThrow('disposed or consumed');
    expect(() => engine.upload(Float32Array.of(1, 2), [3])).toThrow('2 values do not make a tensor of shape [3]');
  });
}
