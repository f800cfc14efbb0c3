import { availableParallelism } from 'node:os';

/**
 * TensorFlow's switches. It reads them when it is loaded, so that a process may still set them for itself.
 *
 * What the user has set stays as it is.
 */
export function tensorFlowEnvironment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    // Off by default on CPUs without AVX-512 VNNI, where it is worth a factor of two to seventy.
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_NUM_INTRAOP_THREADS: String(availableParallelism()),
    // Ops one by one leave a second pool waiting; in a whole graph it runs those that do not need each other.
    TF_NUM_INTEROP_THREADS: isWhole(base) ? String(availableParallelism()) : '1',
    TF_DETERMINISTIC_OPS: '1',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    ...base,
  };
}

/** How TensorFlow on the CPU runs a schedule: given to it as one graph, unless `EXP_GRAPHS=stepwise` asks for op by op. */
export const GRAPHS = ['whole', 'stepwise'] as const;

/** Whether schedules are run as one TensorFlow graph each. */
export function isWhole(environment: NodeJS.ProcessEnv): boolean {
  return environment.EXP_GRAPHS !== ('stepwise' satisfies (typeof GRAPHS)[number]);
}

/**
 * glibc's malloc for tensors that come and go by the hundred megabyte: huge pages, and memory that is kept instead of handed
 * back to the kernel after each op. The first step of SwinUNETR at 96³ takes 4 s with them and 16 without.
 */
const MALLOC = {
  // Never map a tensor by itself: it would be unmapped, and page-faulted again, with every op.
  MALLOC_MMAP_THRESHOLD_: String(8 * 1024 ** 3),
  MALLOC_TRIM_THRESHOLD_: String(32 * 1024 ** 3),
  MALLOC_TOP_PAD_: String(256 * 1024 ** 2),
} as const;

const HUGE_PAGES = 'glibc.malloc.hugetlb=1';

/**
 * The environment to start a trainer process with: TensorFlow's switches, and malloc's, which are read when a process
 * starts and cannot be set from within.
 */
export function trainerEnvironment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment = tensorFlowEnvironment(base);
  // Other C libraries than glibc ignore its variables.
  if (process.platform !== 'linux') return environment;
  return { ...MALLOC, ...environment, GLIBC_TUNABLES: withHugePages(base.GLIBC_TUNABLES) };
}

/** Whether TensorFlow runs on oneDNN: the switch decides, but for macOS, whose builds have none. */
export function isOneDnnOn(environment: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'darwin' && environment.TF_ENABLE_ONEDNN_OPTS === '1';
}

/** Adds our tunable to the ones that are set (colon-separated), unless huge pages are already spoken of. */
function withHugePages(tunables: string | undefined): string {
  if (!tunables) return HUGE_PAGES;
  return tunables.includes('glibc.malloc.hugetlb') ? tunables : `${tunables}:${HUGE_PAGES}`;
}
