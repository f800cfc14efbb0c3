import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { unpackWeights } from '../../compiler/graph/weights.ts';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { findRun } from '../../runtime/run/find-run.ts';
import { openRunWeights } from '../../runtime/weights/open-weights.ts';
import { askPython } from '../helpers/ask-python.ts';
import { exp, expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { codeBlocks, commandsOf } from '../helpers/code-blocks.ts';
import { pythonHas } from '../helpers/python.ts';
import { runModule } from '../helpers/run-module.ts';
import { serveFolder } from '../helpers/serve-folder.ts';

/** docs/weights.md from its first command to its last, its Python too; then what the commands say of bad files. */

const GUIDE = 'docs/weights.md';

const experiment = (model: string) => `experiment tiny {
  dataset phantom(subjects: 4, size: 24) { split: 50% / 25% / 25% }
  ${model}
  patch: 16x16x16
  schedule { epochs: 1  lr_schedule: constant }
  predict: none
  workers: 0
}
`;
const [model = ''] = codeBlocks(GUIDE, 'exp');
const folder = temporaryFolder({
  'my.exp': experiment(model),
  'first.exp': experiment(model.replace(/weights:.*/, '')),
});

const runnable =
  locateBinding() !== null && ['monai', 'safetensors', 'onnxruntime'].every((module) => pythonHas(module));

describe.skipIf(!runnable)(
  'the guide to weights (skipped without TensorFlow or a Python with monai and onnxruntime)',
  () => {
    const said = new Map<string, string>();
    let means: Readonly<Record<string, number>> = {};
    let first = '';

    beforeAll(() => {
      const run = (command: string): string => {
        const { exitCode, stdout, stderr } = exp(command.split(' ').slice(1), { cwd: folder });
        expect([command, exitCode, exitCode === 0 ? '' : stderr]).toEqual([command, 0, '']);
        return stdout;
      };
      run('exp run first.exp --quiet');
      first = findRun(join(folder, 'runs'), 'latest').id;
      const code = codeBlocks(GUIDE, 'python').join('\n').replace('runs/RUN', `runs/${first}`);
      for (const command of commandsOf(GUIDE)) {
        // From here on the page uses what its Python saves.
        if (command === 'exp weights inspect pretrained.pt')
          means = askPython(new URL('weights_guide.py', import.meta.url), { folder, code });
        said.set(command, run(command));
      }
    }, 240_000);

    it('brings the trained weights to MONAI', () => {
      const { specs, vector } = openRunWeights(findRun(join(folder, 'runs'), first), 'best');
      const ours = unpackWeights(specs, vector);
      expect(Object.keys(means).sort()).toEqual([...ours.keys()].sort());
      for (const [name, values] of ours)
        expect(means[name]).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 5);
    });

    it('lists what is in a file, and what fits', () => {
      expect(said.get('exp weights inspect pretrained.pt')).toMatch(/pretrained\.pt: pytorch, 25 tensors/);
      expect(said.get('exp weights import pretrained.pt --model my.exp')).toMatch(
        /^25 of 25 tensors of SegResNet matched$/m,
      );
    });

    it('starts the run from the file', () => {
      const log = readFileSync(join(findRun(join(folder, 'runs'), 'latest').dir, 'events.jsonl'), 'utf8');
      expect(log).toMatch(/"type":"weights","path":"[^"]*pretrained\.pt","sha256":"[0-9a-f]{64}","matched":25/);
    });

    it('lists what is in a run and a checkpoint', async () => {
      const found = (target: string) => expInProcess(['weights', 'inspect', target], { cwd: folder });
      const file = `runs/${first}/checkpoints/best`;
      expect((await found(first)).stdout).toMatch(/best\/weights\.safetensors: safetensors, 25 tensors/);
      expect((await found(file)).stdout).toBe((await found(first)).stdout);
    });

    it('brings the trained network to a browser', async () => {
      const [code = ''] = codeBlocks(GUIDE, 'js');
      const served = await serveFolder(folder);
      try {
        const said = await runModule(code.replace('https://example.org', served.url));
        expect(said).toBe("[ 1, 16, 16, 16 ] [ 'background', 'organ' ]\n");
      } finally {
        await served.close();
      }
    });

    it('says what was written, and puts nothing in the place of something else', async () => {
      const run = (...args: readonly string[]) => expInProcess(['weights', 'export', first, ...args], { cwd: folder });
      const again = await run('-o', 'organ-web', '--format', 'tfjs', '--json');
      expect(JSON.parse(again.stdout)).toMatchObject({
        format: 'tfjs',
        output: join(folder, 'organ-web'),
        files: ['model.json', 'group1-shard1of1.bin'],
        size: [16, 16, 16],
      });
      expect(await run('-o', 'runs', '--format', 'tfjs')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/runs is a folder of something else\n.*holds the tfjs model/),
      });
      expect(await run('-o', 'runs', '--format', 'onnx')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/runs is a folder, and onnx is one file/),
      });
      expect(await run('-o', 'odd.onnx', '--format', 'onnx', '--size', '16x15x16')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/SegResNet does not take images of 16×15×16 voxels\n.*multiples of 2×2×2/),
      });
      expect(await run('-o', 'organ.pt', '--format', 'pt', '--size', '16x16x16')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/--size is of no use: pt holds the weights alone/),
      });
      expect(existsSync(join(folder, 'odd.onnx'))).toBe(false);
    });

    it('says tensor by tensor why a file does not fit, and --strict then writes nothing', async () => {
      const args = ['weights', 'import', 'pretrained.pt', '--model', 'my.exp', '--set', 'model.init_filters=8'];
      const loose = await expInProcess(args, { cwd: folder });
      expect(loose).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^1 of 25 tensors of SegResNet matched$/m),
      });
      expect(loose.stdout).toMatch(/^shape +convInit\.conv\.weight +\[4, 1, 3, 3, 3\] instead of \[8, 1, 3, 3, 3\]$/m);

      const strict = await expInProcess([...args, '--strict', '-o', 'none.safetensors', '--json'], { cwd: folder });
      expect(strict.exitCode).toBe(2);
      expect(JSON.parse(strict.stdout)).toMatchObject({ complete: false, written: null });
    });

    it('starts no run from a file that is not there', () => {
      rmSync(join(folder, 'pretrained.pt'));
      const { exitCode, stderr } = exp(['run', 'my.exp', '--runs-dir', 'none'], { cwd: folder });
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^error\[EXP4302\]: there is no .*pretrained\.pt$/m);
    });
  },
);

describe('exp weights', () => {
  const run = (...args: readonly string[]) => expInProcess(['weights', ...args], { cwd: folder });

  it('asks which model a file is for', async () => {
    writeFileSync(join(folder, 'noise.pt'), 'PK\x03\x04 and then nothing');
    expect(await run('import', 'noise.pt')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/give --model my\.exp or --run RUN/),
    });
  });

  it('names file and reason of what it cannot read', async () => {
    expect(await run('inspect', 'noise.pt')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error\[EXP4302\]: .*noise\.pt cannot be read as a PyTorch file: /),
    });
    expect(await run('inspect', 'first.exp')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/neither a safetensors nor a PyTorch file/),
    });
  });

  it('says which formats there are', async () => {
    expect(await run('export', 'latest', '-o', 'organ.h5', '--format', 'keras')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/safetensors, pt, onnx, tfjs/),
    });
  });
});
