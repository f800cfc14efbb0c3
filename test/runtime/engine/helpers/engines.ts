import { openNativeEngine } from '../../../../runtime/engine/native/open.ts';
import { openPortableEngine } from '../../../../runtime/engine/portable/open.ts';
import { locateBinding } from '../../../../runtime/engine/provision/locate.ts';
import type { Engine } from '../../../../runtime/engine/types.ts';

const located = locateBinding();

/** TensorFlow; null where none is set up. */
export const native: Engine | null = located === null ? null : openNativeEngine(located);

/** Plain JavaScript, the reference: each of its kernels is spelled out in tfjs-core ops. */
export const portable: Engine = await openPortableEngine('cpu', null);

export const NO_NATIVE = 'needs TensorFlow: run `exp setup`, or set EXP_ENGINE_BINDING';
