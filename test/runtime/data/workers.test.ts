import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bundlePrograms } from '../../helpers/trainer-bundle.ts';

describe('data workers', () => {
  it('close whatever they were about to hand over, and the program goes on', async () => {
    const [program = ''] = await bundlePrograms('test/runtime/data/closing-workers.ts');
    expect(execFileSync(process.execPath, [program], { encoding: 'utf8' })).toBe('closed, the last request refused\n');
  });
});
