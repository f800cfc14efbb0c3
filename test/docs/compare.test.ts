import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { exp, expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { commandsOf } from '../helpers/code-blocks.ts';
import { foreignRun } from '../helpers/foreign-run.ts';
import { MlflowServer, noMlflow } from '../helpers/mlflow-server.ts';

/** docs/compare.md: its commands run, on two short runs, a sweep, and what a server has of others. */

const PAGE = 'docs/compare.md';
const organ = (more = '') => `experiment organ {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 50% / 0% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: 1 }
  metrics: [dice]
  predict: none
  ${more}
}
`;
const folder = temporaryFolder({
  'organ.exp': organ('track: mlflow(experiment: "hippocampus")'),
  'sweep.exp': organ('sweep { optimizer.learning_rate: [1e-4, 1e-3] }'),
});

const missing = noMlflow() ?? (locateBinding() === null ? 'no native engine (exp setup)' : null);

interface Listed {
  readonly id: string;
  readonly kind: string;
}

describe.skipIf(missing !== null)(`docs/compare.md${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let server: MlflowServer | null = null;
  afterAll(() => server?.dispose());

  it('has commands that work in their order', { timeout: 180_000 }, async () => {
    server = await MlflowServer.create();
    await server.start();
    const env = { MLFLOW_TRACKING_URI: server.uri, PATH: '' };
    const train = (...args: readonly string[]) => {
      const { exitCode, stderr } = exp(['run', ...args, '--quiet'], {
        cwd: folder,
        env: { ...env, PATH: process.env.PATH },
      });
      expect([exitCode, stderr]).toEqual([0, '']);
    };
    train('organ.exp');
    train('organ.exp', '--set', 'optimizer.learning_rate=3e-3');
    train('sweep.exp', '--jobs', '2');
    const listed: readonly Listed[] = JSON.parse((await expInProcess(['runs', '--json'], { cwd: folder })).stdout);
    const [second = '', first = ''] = listed.flatMap(({ id, kind }) => (kind === 'run' ? [id] : []));
    const sweep = listed.find(({ kind }) => kind === 'matrix')?.id ?? '';
    const elsewhere = await foreignRun(server.uri, 'hippocampus', 'my-run');
    const standsFor: Readonly<Record<string, string>> = {
      '3f2a': first,
      '91bc': second,
      'my-sweep': sweep,
      'mlflow:0a1b2c3d4e5f60718293a4b5c6d7e8f9': `mlflow:${elsewhere}`,
    };
    for (const command of commandsOf(PAGE)) {
      const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
      const args = words.slice(1).map((word) => standsFor[word] ?? word);
      const { exitCode, stdout, stderr } = await expInProcess(args, { cwd: folder, env });
      // No browser is opened here, and that is said.
      const told = command.includes('--open') ? stderr.replace(/^no program opens addresses here.*\n/, '') : stderr;
      expect([command, exitCode, told]).toEqual([command, 0, '']);
      expect(stdout, command).not.toBe('');
    }
    const refused = await expInProcess(['compare', first, second, '--html', 'runs'], { cwd: folder, env });
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('give a file: --html runs/report.html'),
    });
    for (const page of ['report.html', 'sweep.html']) expect(existsSync(join(folder, page))).toBe(true);
  });
});
