import { beforeEach, describe, expect, it, vi } from 'vitest';
import { noticed, precisionNotice } from '../../../runtime/engine/precision.ts';
import type { EngineInfo } from '../../../runtime/engine/types.ts';

const cpu = vi.hoisted(() => ({ hasBfloat16: vi.fn(() => true) }));
vi.mock('../../../runtime/engine/native/cpu-features.ts', () => cpu);

const info: EngineInfo = {
  backend: 'tensorflow-cpu',
  version: '2.21.0',
  device: 'a processor',
  threads: 2,
  oneDnn: true,
  notice: null,
};

describe('what precision: mixed comes to on an engine', () => {
  beforeEach(() => cpu.hasBfloat16.mockReturnValue(true));

  it('is nothing to speak of where the processor has bfloat16, and of float32', () => {
    expect(noticed(info, 'mixed').notice).toBeNull();
    for (const backend of ['tensorflow-cpu', 'tensorflow-cuda', 'wasm', 'cpu'] as const)
      expect(precisionNotice('float32', backend)).toBeNull();
  });

  it('is a warning with its mend where the processor emulates bfloat16', () => {
    cpu.hasBfloat16.mockReturnValue(false);
    expect(noticed(info, 'mixed').notice).toMatch(/no bfloat16 instructions.*many times slower.*`precision: float32`/);
  });

  it('stands after what the engine has to say itself', () => {
    const slow = { ...info, backend: 'wasm', notice: 'TensorFlow is not set up.' } as const;
    expect(noticed(slow, 'mixed').notice).toMatch(/^TensorFlow is not set up\. This engine has no bfloat16/);
  });

  it('says of GPUs that nobody tried', () => {
    expect(precisionNotice('mixed', 'tensorflow-cuda')).toContain('never tried on a GPU');
  });
});
