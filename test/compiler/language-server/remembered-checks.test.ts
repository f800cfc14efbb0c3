import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../../compiler/check.ts';
import { editorMemory, openDocument } from '../../../compiler/language-server/document.ts';
import { SMALL, smallWith } from '../example.ts';

const FILES: Readonly<Record<string, string>> = {
  'shared.exp': 'schedule long { epochs: 100  validate: every 100 epochs }\n',
};

/** Warnings, errors with fixes and related places, in experiments that build on each other and on other blocks. */
const TEXT = `import "shared.exp"
param rate: number = 1e-3
environment tiny { cpu: 2 cores  memory: 1GB }
${smallWith('optimizer: adamw(learning_rate: rate)\n  augment { flip(probability: 0%) }')}
experiment b extends small {
  patch: 33x32x32
  schedule { keep_best: val.dcie }
  profile p on tiny { workers: 8 }
}
experiment c extends small { schedule long }
${SMALL.replace('small', 'd').replace('[1]', '[1, 1]')}`;

/** Edits that a person makes, here and there. */
const edit = fc.record({
  at: fc.integer({ min: 0, max: TEXT.length }),
  remove: fc.integer({ min: 0, max: 3 }),
  insert: fc.constantFrom('', '\n', ' ', '1', 'x', 'seed: 1\n', '}', '// a\n', 'experiment e extends small {}\n'),
});

describe('what is remembered of earlier versions', () => {
  it('makes no difference to what is reported, whatever the edits', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const memory = editorMemory();
        const options = { readFile: (path: string) => FILES[path] ?? null, environment: () => undefined };
        let text = TEXT;
        for (const { at, remove, insert } of [{ at: 0, remove: 0, insert: '' }, ...edits]) {
          text = text.slice(0, at) + insert + text.slice(at + remove);
          const source = { path: 'main.exp', text };
          expect(openDocument(source, { ...options, memory }).diagnostics).toEqual(check(source, options));
        }
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('is used: what an edit does not touch is not checked again', () => {
    const memory = editorMemory();
    const options = { readFile: () => null, environment: () => undefined, memory };
    openDocument({ path: 'main.exp', text: SMALL + SMALL.replace('small', 'b') }, options);
    const before = memory.checks.size;
    openDocument({ path: 'main.exp', text: SMALL.replace('10', '11') + SMALL.replace('small', 'b') }, options);
    expect([before, memory.checks.size]).toEqual([2, 3]);
  });
});
