import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CALIBRATION_EXPERIMENTS } from '../../compiler/catalogue/calibration.ts';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { exp, expInProcess, temporaryFolder } from '../helpers/cli.ts';
import { expectValid } from '../helpers/json-documents.ts';

/** `exp calibrate` as it is typed. */

const [first] = CALIBRATION_EXPERIMENTS;
const folder = temporaryFolder({
  'measured.exp': first.text,
  'other.exp': first.text.replace('init_filters: 16', 'init_filters: 8'),
  'lab.exp': 'environment lab.desk { cpu: 4 cores  price: $0/h }\n',
});
const config = join(folder, 'config');

describe('exp calibrate', () => {
  it('says when nothing would be kept, and when there is no such environment', async () => {
    const off = await expInProcess(['calibrate'], { cwd: folder, env: { EXP_CALIBRATION: 'off' } });
    expect(off.exitCode).toBe(1);
    expect(off.stderr).toContain('nothing would be kept');
    const env = { EXP_CALIBRATION: 'on', EXP_CONFIG_DIR: config };
    const unknown = await expInProcess(['calibrate', '--environment', 'lab.desk'], { cwd: folder, env });
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toContain('lab.desk');
    expect(existsSync(config)).toBe(false);
  });

  /** A machine that is busy with other things says nothing of itself, and that is told. */
  it.skipIf(locateBinding() === null)(
    'trains its two, keeps what they took, and plans then say so',
    async () => {
      const env = { ...process.env, EXP_CALIBRATION: 'on', EXP_CONFIG_DIR: config };
      // Builds what trains, where sources are newer; `exp` itself is given no more than two minutes here.
      expect(exp(['--version'], { cwd: folder, env }).exitCode).toBe(0);
      const { exitCode, stdout, stderr } = await expInProcess(
        ['calibrate', '--json', '--environment', 'lab.desk', '--file', 'lab.exp'],
        { cwd: folder, env },
      );
      const told: { readonly name: string; readonly expectedBefore: object; readonly measured: object | null }[] =
        JSON.parse(stdout);
      expectValid('schemas/calibrate.schema.json', told);
      expect(told.map(({ name }) => name)).toEqual(CALIBRATION_EXPERIMENTS.map(({ name }) => name));
      expect(told[0]?.expectedBefore).toMatchObject({
        stepSeconds: { low: expect.any(Number), high: expect.any(Number) },
      });
      const measured = told.filter(({ measured: each }) => each !== null);
      expect([exitCode, stderr.includes('kept it busy')]).toEqual(measured.length === 2 ? [0, false] : [2, true]);
      expect(existsSync(join(config, 'calibration.json'))).toBe(measured.length > 0);
      for (const each of measured)
        expect(each.measured).toMatchObject({ environment: 'lab.desk', steps: 10, onGpu: false });
      const basisOf = (file: string): string => {
        const planned = exp(['plan', file, '--environments', '--json'], { cwd: folder, env }).stdout;
        const {
          environments,
        }: { readonly environments: { readonly name: string; readonly basis?: { readonly kind: string } }[] } =
          JSON.parse(planned);
        return environments.find(({ name }) => name === 'local')?.basis?.kind ?? 'none';
      };
      const calibrated = measured.length > 0 ? 'calibrated' : 'estimated';
      expect(basisOf('other.exp')).toBe(calibrated);
      expect(basisOf('measured.exp')).toBe(told[0]?.measured === null ? calibrated : 'measured');
    },
    400_000,
  );
});
