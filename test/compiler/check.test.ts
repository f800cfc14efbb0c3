import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../compiler/check.ts';
import { compile, profilesOf } from '../../compiler/compile.ts';
import { compileText, experimentText, SMALL, smallWith } from './example.ts';

const experiments = readdirSync(new URL('../../experiments/', import.meta.url))
  .filter((file) => file.endsWith('.exp'))
  .map((file) => file.slice(0, -'.exp'.length));

describe.each(experiments)('experiments/%s.exp', (name) => {
  const source = { path: `${name}.exp`, text: experimentText(name) };
  const readFile = (path: string) => experimentText(path.replace(/\.exp$/, ''));

  it('has no errors, under its own profiles and those that every file has', () => {
    for (const profile of [null, ...profilesOf(source, { readFile })]) {
      const options = { profile, set: [], environment: () => undefined, readFile };
      const { planFile, diagnostics } = compile(source, options);
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(planFile).not.toBeNull();
    }
  });
});

describe('check', () => {
  it('reports what several profiles share once', () => {
    const text = smallWith('profile a on local { workers: 1 }\n  profile b on local { workers: 2 }').replace(
      '32x32x32',
      '30x32x32',
    );
    expect(check({ path: 'a.exp', text }).map(({ code }) => code)).toEqual(['EXP3012']);
  });

  it('looks under each profile', () => {
    const text = smallWith('profile a on local { patch: 30x32x32 }\n  profile b on local { patch: 34x32x32 }');
    expect(check({ path: 'a.exp', text }).map(({ message }) => message)).toEqual([
      'patch 30x32x32 does not fit SegResNet',
      'patch 34x32x32 does not fit SegResNet',
    ]);
  });
});

describe('no input makes the compiler throw', () => {
  const swin = experimentText('swin');
  const tryAll = (text: string) => {
    const source = { path: 'a.exp', text };
    const { planFile, diagnostics } = compile(source, { profile: 'mac-test', set: [], environment: () => undefined });
    if (planFile === null) expect(diagnostics.length).toBeGreaterThan(0);
    check(source);
  };

  it('not a file with a line left out', () => {
    const lines = swin.split('\n');
    for (const index of lines.keys()) tryAll(lines.filter((_, at) => at !== index).join('\n'));
  });

  it('not a file cut off anywhere', () => {
    for (let end = 0; end < swin.length; end += 71) tryAll(swin.slice(0, end));
  });

  it('not a file with words exchanged', () => {
    const words = SMALL.split(/(\s+)/);
    const index = fc.nat({ max: words.length - 1 });
    fc.assert(
      fc.property(
        index,
        index,
        fc.constantFrom('', '{', '}', '(', '0', '-1', '1e400', '"', '$', '%', 'x', '__proto__', 'constructor'),
        (a, b, word) => {
          const mixed = [...words];
          [mixed[a], mixed[b]] = [mixed[b] ?? '', `${mixed[a]}${word}`];
          tryAll(mixed.join(''));
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  it('not an override, whatever it is', () => {
    const part = fc.oneof(
      fc.constantFrom('patch', 'optimizer', 'dataset', 'augment', 'model', '__proto__', 'constructor'),
      fc.string(),
    );
    fc.assert(
      fc.property(part, part, part, (a, b, value) => {
        for (const set of [value, `${a}=${value}`, `${a}.${b}=${value}`]) compileText(SMALL, { set: [set] });
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
