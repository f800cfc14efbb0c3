/** Statements that no field table knows, because they are the frame that settings stand in. */
interface StatementForm {
  readonly doc: string;
  /** In the syntax of editor snippets: `$1` and `${1:text}` are places to fill in. */
  readonly snippet: string;
  readonly places: readonly ('file' | 'experiment' | 'profile')[];
}

export const STATEMENTS: Readonly<Record<string, StatementForm>> = {
  import: {
    doc: 'Brings in what another `.exp` file declares. The path is relative to this file.',
    snippet: 'import "${1:shared/data.exp}"',
    places: ['file'],
  },
  param: {
    doc: 'A value with a name, which `--set NAME=…` and sweeps may change.',
    snippet: 'param ${1:lr}: ${2|number,string,boolean|} = ${3:1e-4}',
    places: ['file'],
  },
  experiment: {
    doc: 'What is trained, on which data, and how. `extends` starts from another experiment and overrides by name.',
    snippet: 'experiment ${1:name} {\n\t$0\n}',
    places: ['file'],
  },
  environment: {
    doc: 'Hardware and what it costs, for profiles to run on.',
    snippet:
      'environment ${1:lab.a100} {\n\tgpu: ${2:A100(memory: 40GB)}\n\tcpu: ${3:16 cores}\n\tmemory: ${4:128GB}\n\tprice: ${5:\\$0/h}\n}',
    places: ['file'],
  },
  profile: {
    doc: 'Overrides of an experiment for one kind of hardware, chosen with `--profile NAME`.',
    snippet: 'profile ${1:name} on ${2:local} {\n\t$0\n}',
    places: ['file', 'experiment'],
  },
  sweep: {
    doc: 'One run for each combination of values, or so many drawn at random: `sweep random(trials: 20, seed: 1) { … }`.',
    snippet: 'sweep {\n\t${1:optimizer.learning_rate}: [${2:1e-4, 3e-4}]\n}',
    places: ['experiment', 'profile'],
  },
  expect: {
    doc: "A metric and what it has to reach; the run's exit status says whether it held.",
    snippet: 'expect ${1:val.dice} ${2|>=,<=|} ${3:0.80}',
    places: ['experiment', 'profile'],
  },
};
