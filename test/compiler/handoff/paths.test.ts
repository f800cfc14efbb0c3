import { describe, expect, it } from 'vitest';
import { resourceName } from '../../../compiler/handoff/names.ts';
import { joined, mountedBase } from '../../../compiler/handoff/paths.ts';
import { yamlDocument } from '../../../compiler/handoff/yaml.ts';

describe('paths of another machine', () => {
  it('have room above them for what leads out of the folder of the .exp file', () => {
    expect(mountedBase('/data', '/home/me/study/experiments', ['organ', 'a/../b'])).toBe('/data');
    expect(mountedBase('/data', '/home/me/study/experiments', ['organ', '../data/organ'])).toBe('/data/experiments');
    expect(mountedBase('/data', '/home/me/study', ['../../x', '/absolute'])).toBe('/data/me/study');
    expect(joined('/data/experiments', '../data/organ')).toBe('/data/data/organ');
    expect(joined('/data', '/elsewhere')).toBe('/elsewhere');
  });
});

describe('names of clouds', () => {
  it('are small letters, digits and hyphens, and keep the end that tells them apart', () => {
    expect(resourceName('20261130-0620-Organ_2-3f2a', 50)).toBe('exp-20261130-0620-organ-2-3f2a');
    const long = resourceName(`20261130-0620-${'x'.repeat(80)}-3f2a`, 45);
    expect([long.length, long.endsWith('x-3f2a')]).toEqual([45, true]);
  });
});

describe('YAML', () => {
  it('quotes what it would take for something else, and keeps scripts line for line', () => {
    const text = yamlDocument({
      name: 'plain text',
      yes: 'yes',
      number: '1.33',
      part: '1/2',
      left: undefined,
      none: null,
      empty: {},
      list: [{ a: 1, b: ['x'] }, 'y: z'],
      run: 'one\n\ntwo\n',
    });
    expect(text).toBe(`name: plain text
"yes": "yes"
number: "1.33"
part: "1/2"
none: null
empty: {}
list:
  - a: 1
    b:
      - x
  - "y: z"
run: |
  one

  two
`);
  });
});
