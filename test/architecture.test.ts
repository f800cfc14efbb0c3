import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from './helpers/python.ts';

/** What each folder may import, besides itself and Node. Declared once; imports run one way. */
const ALLOWED: Readonly<Record<string, { folders: readonly string[]; packages: readonly RegExp[] }>> = {
  dsl: { folders: [], packages: [/^chevrotain$/] },
  compiler: { folders: ['dsl'], packages: [/^zod$/] },
  runtime: {
    folders: [
      'compiler/plan',
      'compiler/graph',
      'compiler/quantiles.ts',
      'dsl/assert-never.ts',
      'dsl/edit-distance.ts',
    ],
    packages: [
      /^zod$/,
      /^undici$/,
      /^yauzl$/,
      /^nifti-reader-js$/,
      /^fast-png$/,
      /^@tensorflow\//,
      /^@bufbuild\/protobuf(\/codegenv2)?$/,
      /^package\.json$/,
    ],
  },
  tui: {
    folders: ['dsl', 'compiler', 'runtime'],
    packages: [/^commander$/, /^zod$/, /^package\.json$/, /^vscode-languageserver(\/node|-textdocument)?$/],
  },
  editor: { folders: ['dsl', 'compiler'], packages: [/^vscode$/, /^vscode-languageclient\/node$/] },
};

/** The one place that knows TensorFlow and tfjs. */
const ENGINE = 'runtime/engine';
/** Node's modules that a pure compiler may use: hashing only. */
const PURE_NODE_MODULES = new Set(['node:crypto']);

interface ImportOf {
  readonly file: string;
  readonly target: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|import\s*\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;

function importsOf(path: string): ImportOf[] {
  const file = relative(repositoryRoot, path);
  return [...readFileSync(path, 'utf8').matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    const target = specifier.startsWith('.') ? relative(repositoryRoot, resolve(dirname(path), specifier)) : specifier;
    return { file, target };
  });
}

const layers = Object.keys(ALLOWED);
const files = layers.flatMap((layer) => sourceFiles(join(repositoryRoot, layer)));
const imports = files.flatMap(importsOf);
const isFile = (target: string): boolean => /\.tsx?$/.test(target);
const layerOf = (path: string): string => path.split('/')[0] ?? '';
const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

describe('the architecture', () => {
  it.each(layers)('%s imports only what stands before it', (layer) => {
    const allowed = ALLOWED[layer];
    const offenders = imports.filter(({ file, target }) => {
      if (layerOf(file) !== layer || target.startsWith('node:')) return false;
      if (isFile(target))
        return !isWithin(target, layer) && !allowed?.folders.some((folder) => isWithin(target, folder));
      return !allowed?.packages.some((pattern) => pattern.test(target));
    });
    expect(offenders).toEqual([]);
  });

  it('only the engine imports TensorFlow or tfjs', () => {
    const offenders = imports.filter(
      ({ file, target }) => target.startsWith('@tensorflow/') && !isWithin(file, ENGINE),
    );
    expect(offenders).toEqual([]);
  });

  it('dsl and compiler are pure: no files, network, clock or chance', () => {
    const impure = imports.filter(
      ({ file, target }) =>
        /^(dsl|compiler)\//.test(file) && target.startsWith('node:') && !PURE_NODE_MODULES.has(target),
    );
    const clocks = files
      .filter((path) => /^(dsl|compiler)\//.test(relative(repositoryRoot, path)))
      .filter((path) =>
        /Math\.random|Date\.now|new Date\(\)|\bprocess\./.test(withoutComments(readFileSync(path, 'utf8'))),
      );
    expect({ impure, clocks: clocks.map((path) => relative(repositoryRoot, path)) }).toEqual({
      impure: [],
      clocks: [],
    });
  });

  it('has no import cycles', () => {
    const graph = new Map<string, string[]>();
    for (const { file, target } of imports) if (isFile(target)) graph.set(file, [...(graph.get(file) ?? []), target]);
    expect(findCycle(graph)).toBeNull();
  });

  it('imports only files that exist', () => {
    const known = new Set(files.map((path) => relative(repositoryRoot, path)));
    expect(imports.filter(({ target }) => isFile(target) && !known.has(target))).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      const cycle = visit(target);
      if (cycle !== null) return cycle;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle !== null) return cycle;
  }
  return null;
}
