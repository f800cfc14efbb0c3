import type { Precision } from '../../compiler/plan/precisions.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import { hasBfloat16 } from './native/cpu-features.ts';
import type { EngineInfo } from './types.ts';

/** What `precision: mixed` comes to on an engine, for who chose it in vain; null where it does what it is for, or was not chosen. */
export function precisionNotice(precision: Precision, backend: EngineInfo['backend']): string | null {
  if (precision === 'float32') return null;
  switch (backend) {
    case 'tensorflow-cpu':
      return hasBfloat16() ? null : `${NO_INSTRUCTIONS} ${MEND}`;
    case 'tensorflow-cuda':
      return '`precision: mixed` was never tried on a GPU. Those before Ampere have no bfloat16; later ones multiply float32 in TF32 anyway.';
    case 'wasm':
    case 'cpu':
      return `This engine has no bfloat16: \`precision: mixed\` rounds as it would, and takes longer than float32. ${MEND}`;
    default:
      return assertNever(backend);
  }
}

/** With what the precision comes to among the notices. */
export function noticed(info: EngineInfo, precision: Precision): EngineInfo {
  const notices = [info.notice, precisionNotice(precision, info.backend)].filter((notice) => notice !== null);
  return { ...info, notice: notices.length === 0 ? null : notices.join(' ') };
}

const NO_INSTRUCTIONS =
  'This processor has no bfloat16 instructions (avx512_bf16 or amx_bf16): `precision: mixed` emulates them, many times slower than float32.';
const MEND = 'Set `precision: float32`.';
