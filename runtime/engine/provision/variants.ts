/** The TensorFlow builds that exp provisions: pip wheels, pinned by hash. Declared once; nothing else is ever loaded. */

export const TENSORFLOW_VERSION = '2.21.0';

export interface Wheel {
  /** Distribution name and exact version, as pip takes them. */
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

export interface EngineVariant {
  readonly id: string;
  readonly kind: 'cpu' | 'cuda';
  readonly platform: NodeJS.Platform;
  readonly arch: NodeJS.Architecture;
  /** pip's platform tags, for `pip download`. */
  readonly tags: readonly string[];
  /** The first wheel holds TensorFlow; the others NVIDIA's libraries. */
  readonly wheels: readonly [Wheel, ...Wheel[]];
  /** Free disk space that setting up needs at its highest, in bytes. */
  readonly diskBytes: number;
}

const GB = 1024 ** 3;

const wheel = (name: string, version: string, sha256: string): Wheel => ({ name, version, sha256 });

export const ENGINE_VARIANTS: readonly EngineVariant[] = [
  {
    id: 'cpu-linux-x64',
    kind: 'cpu',
    platform: 'linux',
    arch: 'x64',
    tags: ['manylinux_2_27_x86_64'],
    wheels: [
      wheel('tensorflow-cpu', TENSORFLOW_VERSION, '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c'),
    ],
    diskBytes: 1.5 * GB,
  },
  {
    id: 'cpu-linux-arm64',
    kind: 'cpu',
    platform: 'linux',
    arch: 'arm64',
    tags: ['manylinux_2_27_aarch64'],
    wheels: [
      wheel('tensorflow', TENSORFLOW_VERSION, '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c'),
    ],
    diskBytes: 1.5 * GB,
  },
  {
    id: 'cpu-darwin-arm64',
    kind: 'cpu',
    platform: 'darwin',
    arch: 'arm64',
    tags: ['macosx_12_0_arm64'],
    wheels: [
      wheel('tensorflow', TENSORFLOW_VERSION, '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88'),
    ],
    diskBytes: 1.5 * GB,
  },
  {
    id: 'cuda-linux-x64',
    kind: 'cuda',
    platform: 'linux',
    arch: 'x64',
    tags: [
      'manylinux_2_27_x86_64',
      'manylinux2014_x86_64',
      'manylinux_2_17_x86_64',
      'manylinux2010_x86_64',
      'manylinux_2_12_x86_64',
    ],
    wheels: [
      wheel('tensorflow', TENSORFLOW_VERSION, '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124'),
      wheel('nvidia-cublas-cu12', '12.9.3.13', 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'),
      wheel('nvidia-cuda-cupti-cu12', '12.8.90', 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182'),
      wheel('nvidia-cuda-nvcc-cu12', '12.9.86', '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'),
      wheel('nvidia-cuda-nvrtc-cu12', '12.9.86', '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'),
      wheel('nvidia-cuda-runtime-cu12', '12.9.79', '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'),
      wheel('nvidia-cudnn-cu12', '9.28.0.42', '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375'),
      wheel('nvidia-cufft-cu12', '11.4.1.4', 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'),
      wheel('nvidia-curand-cu12', '10.3.10.19', '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'),
      wheel('nvidia-cusolver-cu12', '11.7.5.82', '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'),
      wheel('nvidia-cusparse-cu12', '12.5.10.65', '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'),
      wheel('nvidia-nccl-cu12', '2.32.3', 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c'),
      wheel('nvidia-nvjitlink-cu12', '12.9.86', 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'),
    ],
    diskBytes: 12 * GB,
  },
];

/** The variant for a machine; CUDA falls back to CPU where there is no CUDA build. */
export function variantFor(
  kind: EngineVariant['kind'],
  platform: NodeJS.Platform = process.platform,
  arch: NodeJS.Architecture = process.arch,
): EngineVariant | null {
  const here = ENGINE_VARIANTS.filter((variant) => variant.platform === platform && variant.arch === arch);
  return here.find((variant) => variant.kind === kind) ?? here.find((variant) => variant.kind === 'cpu') ?? null;
}
