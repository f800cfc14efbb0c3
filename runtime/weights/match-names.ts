import type { PlanModel } from '../../compiler/plan/schema.ts';
import type { ElementType } from './element-types.ts';

/** Which tensor of a file is which parameter of a model. */

export interface ShapedTensor {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

export interface Target {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface NameMatch {
  /** What was taken off the file's names, `module.`; '' where they are the model's own. */
  readonly prefix: string;
  readonly matched: readonly { readonly parameter: string; readonly tensor: string }[];
  readonly shapes: readonly {
    readonly parameter: string;
    readonly tensor: string;
    readonly expected: readonly number[];
    readonly found: readonly number[];
  }[];
  /** Parameters of the model of which the file has nothing. */
  readonly missing: readonly string[];
  /** Tensors that the model has no place for. */
  readonly unexpected: readonly string[];
  /** Buffers, which follow from the settings, and parameters under a second name. */
  readonly ignored: readonly string[];
}

/** What wrappers put before names: DataParallel, Lightning, MONAI's and SSL training scripts, torch.compile. */
const PREFIXES = ['module.', 'model.', '_model.', 'net.', '_net.', 'network.', '_network.', '_orig_mod.', 'encoder.'];
const MAX_PREFIXES = 4;

/** What PyTorch modules count and MONAI's compute from their settings. */
const BUFFER = /(^|\.)(relative_position_index|num_batches_tracked)$/;

interface Dialect {
  /** Before every name of the file: an encoder by itself lacks its own. */
  readonly within: string;
  readonly rename: (name: string) => string;
}

const AS_IT_IS: Dialect = { within: '', rename: (name) => name };

/** MONAI SwinUNETR.load_from: self-supervised encoders call their two linear layers fc1 and fc2. */
const fromSelfSupervised = (name: string): string => name.replace(/\.mlp\.fc([12])\./, '.mlp.linear$1.');

/** Other names that the same parameters go by. */
const DIALECTS: { readonly [N in PlanModel['name']]?: readonly Dialect[] } = {
  SwinUNETR: [
    { within: '', rename: fromSelfSupervised },
    { within: 'swinViT.', rename: fromSelfSupervised },
  ],
};

/**
 * Tries what is known to stand before names and the model's dialects, and takes the reading under which most parameters
 * are found, the plainest first.
 *
 * @param extras what MONAI's state dict of the model has beside its parameters
 */
export function matchNames(
  model: PlanModel['name'],
  targets: readonly Target[],
  extras: ReadonlySet<string>,
  tensors: ReadonlyMap<string, ShapedTensor>,
): NameMatch {
  const known = new Map(targets.map((target) => [target.name, target]));
  let best: { readonly prefix: string; readonly dialect: Dialect; readonly found: number } | null = null;
  for (const dialect of [AS_IT_IS, ...(DIALECTS[model] ?? [])]) {
    for (const prefix of prefixesOf(tensors.keys())) {
      let found = 0;
      for (const name of tensors.keys()) if (known.has(readName(name, prefix, dialect) ?? '')) found++;
      if (found > (best?.found ?? 0)) best = { prefix, dialect, found };
    }
  }
  return compare(known, extras, tensors, best ?? { prefix: '', dialect: AS_IT_IS });
}

function readName(name: string, prefix: string, { within, rename }: Dialect): string | null {
  return name.startsWith(prefix) ? `${within}${rename(name.slice(prefix.length))}` : null;
}

/** Every sequence of known prefixes that some name begins with, shortest first. */
function prefixesOf(names: Iterable<string>): readonly string[] {
  const found = new Set(['']);
  for (const name of names) {
    let prefix = '';
    for (let count = 0; count < MAX_PREFIXES; count++) {
      const next = PREFIXES.find((candidate) => name.startsWith(candidate, prefix.length));
      if (next === undefined) break;
      prefix += next;
      found.add(prefix);
    }
  }
  return [...found].sort((a, b) => a.length - b.length);
}

function compare(
  targets: ReadonlyMap<string, Target>,
  extras: ReadonlySet<string>,
  tensors: ReadonlyMap<string, ShapedTensor>,
  { prefix, dialect }: { readonly prefix: string; readonly dialect: Dialect },
): NameMatch {
  const matched: NameMatch['matched'][number][] = [];
  const shapes: NameMatch['shapes'][number][] = [];
  const unexpected: string[] = [];
  const ignored: string[] = [];
  const seen = new Set<string>();
  for (const [tensor, { shape: found }] of tensors) {
    const name = readName(tensor, prefix, dialect) ?? '';
    const target = targets.get(name);
    if (target === undefined) {
      (BUFFER.test(tensor) || extras.has(name) ? ignored : unexpected).push(tensor);
      continue;
    }
    const { name: parameter, shape: expected } = target;
    seen.add(parameter);
    if (isSame(expected, found)) matched.push({ parameter, tensor });
    else shapes.push({ parameter, tensor, expected, found });
  }
  const missing = [...targets.keys()].filter((name) => !seen.has(name));
  return { prefix, matched, shapes, missing, unexpected, ignored };
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
