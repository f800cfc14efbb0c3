import { type DiagnosticTable, diagnosticCreator } from '../../dsl/diagnostic.ts';

/** What is wrong with single names and values. 20xx structure, 21xx names, 22xx values, 23xx what comes from outside. */
export const NAME_AND_TYPE_DIAGNOSTICS = {
  EXP2001: {
    severity: 'error',
    message: 'the file has no experiment',
    explanation: `Running a file means running its experiment. Imports, parameters, environments, profiles and blocks of their own
only help to say it; a file that has nothing else is there to be imported.

    experiment my-organ {
      dataset bids("data/organ") { … }
      model SegResNet { … }
      …
    }`,
  },
  EXP2002: {
    severity: 'error',
    message: 'the file has several experiments to run: {names}',
    explanation: `A file may hold several experiments. One is run at a time: the one that \`--experiment NAME\` names, or the only
one that no other experiment \`extends\`. What runs that belong together vary is better said with \`sweep\`.`,
  },
  EXP2003: {
    severity: 'error',
    message: 'there is no profile `{name}`',
    explanation: `\`--profile NAME\` picks a profile that the experiment declares, or one that every file has: \`local\`,
\`cloud-gpu\` and \`mac-test\`. A profile is a set of overrides for one kind of hardware:

    profile cloud-gpu on aws.g4dn.xlarge {
      batch_size: 2..4
    }`,
  },
  EXP2004: {
    severity: 'error',
    message: '{what} is not supported yet',
    explanation: `MONAI or nnU-Net has it; exp does not have it yet, and rather says so than train something else under its name.
The help line says what there is. Equality with MONAI is tested for everything that is:

    model UNet { num_res_units: 2 }
    model DynUNet { deep_supervision: true }`,
  },
  EXP2005: {
    severity: 'error',
    message: '`{name}` is given twice',
    explanation: `Order has no meaning in an \`.exp\` file, so of two values for one name neither is "the later one".
Remove one of them. To change a value for some hardware, set it again inside a profile: there it overrides.`,
  },
  EXP2006: {
    severity: 'error',
    message: '{owner} needs {name}',
    explanation: `A value without a sensible default has to be written: no two data sets or experiments agree on it.
The message names what is missing and where; the help line shows how it is written.`,
  },
  EXP2007: {
    severity: 'error',
    message: '`{name}` is written as {expected}, not as {found}',
    explanation: `Settings have one value after a colon (\`patch: 96x96x96\`), blocks have settings in braces
(\`schedule { epochs: 100 }\`), and some blocks start with a variant (\`model SegResNet { … }\`).
\`augment\` lists calls, one a line: \`flip(axes: [x], probability: 50%)\`.`,
  },
  EXP2008: {
    severity: 'error',
    message: '"{path}" cannot be imported: {reason}',
    explanation: `\`import "shared/data.exp"\` brings in what another file declares: blocks with names, profiles, environments,
parameters, experiments to extend. The path is relative to the file that has the import. Nothing is fetched from a network.`,
  },
  EXP2009: {
    severity: 'error',
    message: 'files import each other in a circle: {cycle}',
    explanation: `Each file has to make sense before those that import it. Move what both files need into a third one that imports
neither of them.`,
  },
  EXP2010: {
    severity: 'error',
    message: '`{name}` is built on itself: {cycle}',
    explanation: `\`experiment b extends a\` starts from everything that \`a\` says, and \`model big small { … }\` from the block
\`small\`, so that neither may, by whatever way, start from the other. Let both start from a third one.`,
  },
  EXP2011: {
    severity: 'error',
    message: 'there is no experiment `{name}`',
    explanation: `\`extends NAME\` and \`--experiment NAME\` name an experiment of the file or of one that it imports:

    experiment b extends a {
      schedule { epochs: 200 }
    }`,
  },
  EXP2012: {
    severity: 'error',
    message: '`{name}` is the name of a {noun} already',
    explanation: `A block outside of the experiments is used by its name, in the place where the variant stands, so its name must not be
that of a variant:

    dataset organ bids("data/organ") { … }
    experiment a {
      dataset organ { spacing: 1.0x1.0x1.0 mm }
    }`,
  },
  EXP2013: {
    severity: 'error',
    message: 'a `{block}` inside an experiment has no name of its own, and this one is called `{name}`',
    explanation: `An experiment has one data set, one model, one schedule, so that these need no names there. A block that several
experiments share stands outside of them, where it has a name:

    model small SegResNet { init_filters: 8 }
    experiment a {
      model small
    }`,
  },
  EXP2101: {
    severity: 'error',
    message: '`{name}` is not a setting of {owner}',
    explanation: `Unknown names are errors, at any depth: a misspelt setting that is silently ignored costs a training run.
The help line names the nearest setting that is valid there, or the block where the name belongs.`,
  },
  EXP2102: {
    severity: 'error',
    message: 'there is no {noun} `{name}`',
    explanation: `Models, data set layouts, losses, optimizers, schedules, augmentations and trackers are chosen by name from
what the compiler knows. Names are case-sensitive and follow MONAI: \`SegResNet\`, \`SwinUNETR\`, \`UNet\`, \`DynUNet\`.`,
  },
  EXP2103: {
    severity: 'error',
    message: '`{callee}` takes no argument `{name}`',
    explanation: `Arguments in parentheses are named, and each callee has its own: \`adamw(learning_rate: 1e-4)\`.
The help line lists those that exist.`,
  },
  EXP2104: {
    severity: 'error',
    message: 'there is no environment `{name}`',
    explanation: `\`profile NAME on ENVIRONMENT\` ties overrides to hardware: an environment of the shipped catalogue
(\`aws.g4dn.xlarge\`, \`apple.mac-mini\`, \`local\`, …) or one that the file declares:

    environment lab.a100 {
      gpu: A100(memory: 40GB)
      cpu: 16 cores
      memory: 128GB
    }`,
  },
  EXP2105: {
    severity: 'error',
    message: '`{value}` is no value of `{field}`',
    explanation: `The setting takes one of a few words, and this is none of them. The help line names the nearest, or lists them:

    cache: memory
    inference: sliding_window(blend: gaussian)`,
  },
  EXP2106: {
    severity: 'error',
    message: 'nothing is called `{name}`',
    explanation: `A name where a value should stand refers to a parameter of the file:

    param lr: number = 1e-4
    experiment a {
      optimizer: adamw(learning_rate: lr)
    }

Text is written in double quotes.`,
  },
  EXP2107: {
    severity: 'error',
    message: '`{callee}` takes its arguments by name',
    explanation: `Only where there is one obvious argument may the name be left out: \`bids("data/organ")\`, \`env("HOME")\`.
Everything else is named, so that a reader need not know an order.`,
  },
  EXP2108: {
    severity: 'error',
    message: 'the memory of a `{name}` is not known',
    explanation: `The planner needs to know how much memory a GPU has. Common models are in the catalogue; for others say it:

    gpu: B200(memory: 180GB)`,
  },
  EXP2201: {
    severity: 'error',
    message: '`{field}` takes {expected}, not {found}',
    explanation: `Each setting has a type: a number, a size in voxels, a spacing in millimetres, a duration, a list, a phrase such as
\`every 2 epochs\`. The help line shows one as it is written.`,
  },
  EXP2202: {
    severity: 'error',
    message: '`{field}` is measured in {expected}, not in {found}',
    explanation: `Quantities carry their unit: \`8GB\`, \`1.5mm\`, \`20h\`, \`10%\`, \`5 epochs\`. A plain number where a unit is needed, or a unit
where a plain number is meant, is an error rather than a guess.`,
  },
  EXP2203: {
    severity: 'error',
    message: '`{field}` is {value}, but must be {constraint}',
    explanation: `The value has the right type and lies outside of what makes sense, for example a probability above 100% or a batch
of zero patches.`,
  },
  EXP2301: {
    severity: 'error',
    message: '`--set {text}` cannot be read: {reason}',
    explanation: `\`--set\` overrides one value, by the path of names that leads to it in the file:

    --set optimizer.learning_rate=3e-4
    --set schedule.epochs=10
    --set dataset.root=/data/organ
    --set lr=3e-4            (a \`param lr\` of the file)`,
  },
  EXP2302: {
    severity: 'error',
    message: 'the environment variable {name} is not set',
    explanation: `\`env("NAME")\` takes a value from outside. Set the variable before starting \`exp\`, or give a default that holds
without it: \`env("DATA_ROOT", "data")\`.`,
  },
  EXP2303: {
    severity: 'error',
    message: 'the parameter `{name}` has no value',
    explanation: `A parameter without a default has to be given on the command line: \`--set NAME=VALUE\`.`,
  },
  EXP2304: {
    severity: 'error',
    message: 'the parameter `{name}` is declared as {type}, but its value is {found}',
    explanation: `\`param NAME: TYPE = VALUE\`: the type is \`number\`, \`string\` or \`boolean\`, and the default has to be one.
A number may carry a unit (\`param rate: number = 10%\`); where it is used, the unit is checked.`,
  },
  EXP2305: {
    severity: 'error',
    message: 'a secret cannot be used here',
    explanation: `\`secret("NAME")\` names a variable that is read at the moment of use and appears in no plan, log or record. That can
only hold where the run hands it straight to a server: \`username\`, \`password\` and \`token\` of \`mlflow(…)\`.

    track: mlflow(experiment: "organ", token: secret("MLFLOW_TOKEN"))

For values that may be seen, such as paths, use \`env("NAME")\`.`,
  },
  EXP2306: {
    severity: 'error',
    message: '`{field}` holds a user or a password',
    explanation: `An address is written into the plan, shown on the screen and reported, so that it must not carry what only the server
should know. Give the user and the password apart, the latter as a secret:

    track: mlflow(uri: "https://mlflow.example.org", username: "anna", password: secret("MLFLOW_PASSWORD"))`,
  },
  EXP2310: {
    severity: 'warning',
    message: '{what} `{name}` is not used',
    explanation: `A parameter, an environment or a named block that nothing in the file refers to has no effect: \`--set\` of such a
parameter changes nothing. Mostly a change left it behind, or the place that should use it names something else. Files that others
import are not warned of what they declare for those others.

    param lr: number = 1e-4
    experiment a {
      optimizer: adamw(learning_rate: lr)     // this is a use
    }`,
  },
} as const satisfies DiagnosticTable;

export const reportName = diagnosticCreator(NAME_AND_TYPE_DIAGNOSTICS);
