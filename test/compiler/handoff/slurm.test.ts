import { describe, expect, it } from 'vitest';
import { readme } from '../../../compiler/handoff/readme.ts';
import { slurm } from '../../../compiler/handoff/targets/slurm.ts';
import { handoffJob } from './job.ts';

const script = (...args: Parameters<typeof handoffJob>): string => slurm.files(handoffJob(...args))[0]?.text ?? '';
const directives = (text: string) => [...text.matchAll(/^#SBATCH (.*)$/gm)].map(([, line]) => line);

describe('the SLURM target', () => {
  it('asks for a share of the machine that the environment describes, in its partition and account', () => {
    expect(directives(script())).toEqual([
      '--job-name=20261130-0620-organ-3f2a',
      '--array=1-4',
      '--nodes=1',
      '--ntasks=1',
      '--cpus-per-task=16',
      '--mem=109672M',
      '--gres=gpu:1',
      '--partition=gpu',
      '--account=radiology',
      '--output=logs/%A_%a.out',
      '--open-mode=append',
      '--requeue',
      '--signal=USR2@120',
    ]);
  });

  it('takes what --with says instead, and so many at once as --jobs', () => {
    const options = {
      partition: 'long',
      time: '08:00:00',
      gres: 'gpu:a100:1',
      qos: 'normal',
      notice: '300',
      mem: '64G',
    };
    expect(directives(script({ options, jobs: 2 }))).toEqual(
      expect.arrayContaining([
        '--array=1-4%2',
        '--partition=long',
        '--time=08:00:00',
        '--gres=gpu:a100:1',
        '--qos=normal',
        '--signal=USR2@300',
        '--mem=64G',
      ]),
    );
  });

  it('has one job for one run, and a thousand for ten thousand, which deal them out', () => {
    expect(slurm.parts(10_000, null)).toBe(1000);
    const one = script({ runs: 1, parts: 1 });
    expect(one).not.toContain('--array');
    expect(one).toContain('part=1/1');
    expect(script({ runs: 10_000, parts: 1000 })).toContain('part="$SLURM_ARRAY_TASK_ID/1000"');
  });

  it('names variables, and stops where one is missing', () => {
    const text = script({ variables: [{ name: 'TOKEN', secret: true }] });
    expect(text).toContain(': "${TOKEN:?set it in the shell that calls sbatch}"');
  });

  it('quotes what a shell would read otherwise', () => {
    expect(script({ data: "/data/it's mine" })).toContain("export EXP_DATA='/data/it'\\''s mine'");
  });

  it('asks for a GPU only where the environment has one', () => {
    const { environment } = handoffJob();
    const text = script({ environment: { ...environment, gpu: null } });
    expect(text).not.toMatch(/gres|require-gpu/);
    expect(script()).toContain('exp doctor --require-gpu');
  });
});

describe('the README of a hand-off', () => {
  const page = (inputs: readonly string[]) => {
    const job = handoffJob({ inputs });
    return readme(job, slurm, slurm.commands(job));
  };

  it('says from where relative paths of data start', () => {
    expect(page(['data/organ'])).toContain('relative to the folder that `EXP_DATA` names');
  });

  it('says that absolute ones have to be the same there, and nothing of a folder', () => {
    const text = page(['/data/organ']);
    expect(text).toContain('The runs read, by absolute paths that have to be the same there:\n\n- `/data/organ`\n');
    expect(text).not.toContain('relative to the folder');
  });
});
