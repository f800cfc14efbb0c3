import type { Graph, Schedule, Shape } from '../../compiler/graph/types.ts';
import { EngineError } from '../errors.ts';
import { type Backend, CONSUMED_INPUTS, type RunSchedule } from './backend.ts';
import { known } from './known.ts';
import { type Observer, stepwise } from './stepwise.ts';
import type { Engine, EngineInfo, TensorHandle, Tensors } from './types.ts';

/**
 * An engine on a tensor library: uploads, downloads, and runs schedules: as a whole where the library can, or else node by
 * node, which is also what an observer is told of.
 */
export function createEngine<T>(info: EngineInfo, backend: Backend<T>, observer: Observer | null = null): Engine {
  const handles = new Map<TensorHandle, T>();
  const programs = new WeakMap<Schedule, RunSchedule<T>>();
  let nextHandle = 0;

  const give = (tensor: T, shape: Shape, dtype: TensorHandle['dtype']): TensorHandle => {
    const handle: TensorHandle = { id: nextHandle++, shape, dtype };
    handles.set(handle, tensor);
    return handle;
  };
  const tensorOf = (handle: TensorHandle): T => {
    const tensor = handles.get(handle);
    if (tensor === undefined) {
      throw new EngineError(`Tensor ${handle.id} [${handle.shape.join(', ')}] was disposed or consumed before.`);
    }
    return tensor;
  };

  return {
    info,
    upload(data, shape) {
      const elements = shape.reduce((product, size) => product * size, 1);
      if (elements !== data.length) {
        throw new EngineError(`${data.length} values do not make a tensor of shape [${shape.join(', ')}].`);
      }
      return give(backend.upload(data, shape), [...shape], data instanceof Float32Array ? 'float32' : 'int32');
    },
    async download(handle) {
      return backend.download(tensorOf(handle));
    },
    dispose(...given) {
      for (const handle of given) {
        backend.free(tensorOf(handle));
        handles.delete(handle);
      }
    },
    execute(schedule, inputs) {
      const { graph } = schedule;
      checkInputs(graph, inputs);
      const given = [...graph.inputs.keys()].map((name) => known(inputs[name], `input ${name}`));
      const program = programs.get(schedule) ?? backend.attempt(() => prepare(schedule, backend, observer));
      programs.set(schedule, program);
      const outputs = backend.attempt(() =>
        program(given.map(tensorOf), (index) => handles.delete(known(given[index], 'an input'))),
      );
      return Object.fromEntries(
        [...graph.outputs].map(([name, value], index) => {
          const { shape, dtype } = known(graph.values[value], `output ${name}`);
          return [name, give(known(outputs[index], `output ${name}`), shape, dtype)];
        }),
      );
    },
    memory: () => backend.memory(),
    close() {
      handles.clear();
      backend.close();
    },
  };
}

function prepare<T>(schedule: Schedule, backend: Backend<T>, observer: Observer | null): RunSchedule<T> {
  const consumes = schedule.graph.nodes.some(({ op }) => CONSUMED_INPUTS[op] !== undefined);
  const whole = consumes || observer !== null ? null : backend.prepareWhole(schedule);
  return whole ?? stepwise(schedule, backend, observer);
}

/** @throws EngineError for an input that is missing, of no use, or of another shape or dtype than the graph's */
function checkInputs(graph: Graph, inputs: Tensors): void {
  for (const name of Object.keys(inputs)) {
    if (graph.inputs.has(name)) continue;
    throw new EngineError(`The graph has no input ${name}; it has ${[...graph.inputs.keys()].join(', ') || 'none'}.`);
  }
  for (const [name, value] of graph.inputs) {
    const { shape, dtype } = known(graph.values[value], `input ${name}`);
    const given = inputs[name];
    if (given === undefined) throw new EngineError(`The graph's input ${name} was not given.`);
    const same = given.shape.length === shape.length && shape.every((size, axis) => size === given.shape[axis]);
    if (!same || given.dtype !== dtype) {
      const [wanted, found] = [shape, given.shape].map((sizes) => `[${sizes.join(', ')}]`);
      throw new EngineError(`Input ${name} must be ${dtype} ${wanted}; it is ${given.dtype} ${found}.`);
    }
  }
}
