import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../compiler/check.ts';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { exp, temporaryFolder } from '../helpers/cli.ts';
import { codeBlocks, commandsOf } from '../helpers/code-blocks.ts';
import { repositoryRoot } from '../helpers/python.ts';

/** Trainings are cut short; everything else runs as it stands. */
const SHORT = [
  '--set',
  'schedule.epochs=1',
  '--set',
  'schedule.lr_schedule=constant',
  '--set',
  'metrics=[dice]',
  '--quiet',
];

const folder = temporaryFolder();

describe('the README', () => {
  it.skipIf(locateBinding() === null)(
    'has commands that work in their order (skipped without the native engine)',
    () => {
      for (const command of commandsOf('README.md')) {
        const words = command.split(' ');
        expect(words[0], command).toBe('exp');
        const { exitCode, stderr } = exp([...words.slice(1), ...(words[1] === 'run' ? SHORT : [])], { cwd: folder });
        expect([command, exitCode, exitCode === 0 ? '' : stderr]).toEqual([command, 0, '']);
      }
      expect(existsSync(join(folder, 'organ.safetensors'))).toBe(true);
      expect(readdirSync(join(folder, 'segmented'))).toContain('dataset_description.json');
    },
    240_000,
  );

  it('shows experiments that are right', () => {
    const organ =
      'experiment organ { dataset phantom(subjects: 8, size: 32)\n model SegResNet { out_channels: 2 }\n patch: 32x32x32\n schedule { epochs: 2 } }';
    for (const [index, text] of codeBlocks('README.md', 'exp').entries()) {
      const problems = check(
        { path: `block-${index}.exp`, text },
        { experiment: null, environment: () => undefined, readFile: (path) => (path === 'organ.exp' ? organ : null) },
      );
      expect(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
    }
  });

  it.each(['README.md', ...pagesIn('docs'), ...pagesIn('experiments')])('%s links to files that are there', (page) => {
    const text = readFileSync(join(repositoryRoot, page), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
    const missing = links.filter((link) => !existsSync(join(repositoryRoot, dirname(page), link)));
    expect(missing).toEqual([]);
  });
});

function pagesIn(name: string): readonly string[] {
  return readdirSync(join(repositoryRoot, name))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${name}/${file}`);
}
