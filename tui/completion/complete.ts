import type { Argument, Command, Option } from 'commander';

/** What may stand on a command line that is being typed, told from the commands themselves. */

export interface Candidate {
  readonly text: string;
  /** In a few words, for shells that show them. */
  readonly description: string;
}

export interface Candidates {
  readonly found: readonly Candidate[];
  /** Any file may stand here too, which the shell knows best. */
  readonly files: boolean;
}

/** What a place takes, looked up only when it is asked for. */
export interface ValueSource {
  readonly values: (kind: ValueKind, typed: Typed) => Promise<readonly Candidate[]>;
}

export type ValueKind = 'experimentFile' | 'run' | 'profile' | 'experiment' | 'setting' | 'code' | 'target' | 'handoff';

/** The words before the one that is being typed. */
export interface Typed {
  readonly word: string;
  /** `.exp` files among the arguments. */
  readonly files: readonly string[];
  /** Values of options by their long name. */
  readonly options: ReadonlyMap<string, string>;
}

/** @param words after `exp`; the last one is being typed and may be empty */
export async function complete(program: Command, words: readonly string[], source: ValueSource): Promise<Candidates> {
  const { command, given, options, awaiting } = walk(program, words.slice(0, -1));
  const word = words[words.length - 1] ?? '';
  const typed: Typed = { word, files: given.filter((each) => each.endsWith('.exp')), options };
  if (awaiting !== null) return matching(word, await valuesOf(awaiting, typed, source));
  const assigned = /^(--[^=]+)=(.*)$/s.exec(word);
  if (assigned !== null) {
    const [, flag = '', value = ''] = assigned;
    const option = optionOf(command, flag);
    const all = option === null ? NONE : await valuesOf(option, { ...typed, word: value }, source);
    const { found, files } = matching(value, all);
    return { found: found.map((each) => ({ ...each, text: `${flag}=${each.text}` })), files };
  }
  if (word.startsWith('-')) return matching(word, { found: flagsOf(command, options), files: false });
  const inner = given.length === 0 ? command.commands.map(commandCandidate) : [];
  const argument = argumentAt(command, given.length);
  const { found, files } = argument === null ? NONE : await valuesOf(argument, typed, source);
  return matching(word, { found: [...inner, ...found], files });
}

const NONE: Candidates = { found: [], files: false };

function matching(word: string, { found, files }: Candidates): Candidates {
  return { found: found.filter(({ text }) => text.startsWith(word)), files };
}

interface Walk {
  readonly command: Command;
  readonly given: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  /** The option whose value comes next. */
  readonly awaiting: Option | null;
}

function walk(program: Command, words: readonly string[]): Walk {
  let command = program;
  const given: string[] = [];
  const options = new Map<string, string>();
  let awaiting: Option | null = null;
  for (const word of words) {
    if (awaiting !== null) {
      options.set(awaiting.attributeName(), word);
      awaiting = null;
    } else if (word.startsWith('-')) {
      const [flag = '', value] = word.split('=', 2);
      const option = optionOf(command, flag);
      if (option === null) continue;
      options.set(option.attributeName(), value ?? '');
      if (value === undefined && (option.required || option.optional)) awaiting = option;
    } else {
      const inner = command.commands.find((each) => each.name() === word);
      if (inner === undefined || given.length > 0) given.push(word);
      else command = inner;
    }
  }
  return { command, given, options, awaiting };
}

function optionOf(command: Command, flag: string): Option | null {
  return command.options.find(({ long, short }) => long === flag || short === flag) ?? null;
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | null {
  const last = registeredArguments[registeredArguments.length - 1];
  return registeredArguments[index] ?? (last?.variadic === true ? last : null);
}

function flagsOf(command: Command, given: ReadonlyMap<string, string>): readonly Candidate[] {
  const own = command.options.filter((option) => {
    const mayRepeat = option.defaultValue !== undefined && Array.isArray(option.defaultValue);
    return !option.hidden && (mayRepeat || !given.has(option.attributeName()));
  });
  const flags = own.map(({ long, short, description }) => ({ text: long ?? short ?? '', description }));
  return [...flags, { text: '--help', description: 'display help for command' }];
}

function commandCandidate(command: Command): Candidate {
  return { text: command.name(), description: command.description() };
}

/** What the placeholder of an option or an argument stands for: `--profile <name>`, `<run>`. */
async function valuesOf(place: Option | Argument, typed: Typed, source: ValueSource): Promise<Candidates> {
  const choices = place.argChoices;
  if (choices !== undefined) return { found: choices.map((text) => ({ text, description: '' })), files: false };
  const option = 'attributeName' in place ? place.attributeName() : null;
  const own = option === null ? undefined : OPTION_VALUES[option];
  if (own !== undefined) {
    const found = await source.values(own, typed);
    // The value follows.
    return {
      found: option === 'set' ? found.map((each) => ({ ...each, text: `${each.text}=` })) : found,
      files: false,
    };
  }
  const name = 'flags' in place ? (/[<[]([\w-]+)/.exec(place.flags)?.[1] ?? '') : place.name();
  const kinds: readonly ValueKind[] = [
    ...(place.description.includes('.exp') ? (['experimentFile'] as const) : []),
    ...(PLACEHOLDERS[name] ?? []),
  ];
  const found = (await Promise.all(kinds.map((kind) => source.values(kind, typed)))).flat();
  return { found, files: FILE_PLACEHOLDERS.has(name) && !/^(?:the )?\.exp files?/.test(place.description) };
}

const OPTION_VALUES: Readonly<Record<string, ValueKind>> = {
  profile: 'profile',
  diffProfile: 'profile',
  experiment: 'experiment',
  set: 'setting',
  explain: 'setting',
  to: 'target',
};

const PLACEHOLDERS: Readonly<Record<string, readonly ValueKind[]>> = {
  run: ['run'],
  runs: ['run'],
  weights: ['run'],
  other: ['run'],
  code: ['code'],
  handoff: ['handoff'],
};

const FILE_PLACEHOLDERS: ReadonlySet<string> = new Set([
  'file',
  'files',
  'folder',
  'path',
  'inputs',
  'weights',
  'other',
]);
