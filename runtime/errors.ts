/** Failures of a run, each with the code that `exp explain` knows. Mistakes in the `.exp` file are diagnostics, not these. */
export abstract class ExpError extends Error {
  /** A code of the 4xxx range, e.g. `EXP4001`. */
  abstract readonly code: string;
  /** What to do about it, in one sentence. */
  readonly help: string | null;
  /** The dotted plan path whose line caused it (`dataset.source`, `patch`), to be found in the plan's origins. */
  readonly planPath: string | null;

  constructor(message: string, options: { help?: string; planPath?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = new.target.name;
    this.help = options.help ?? null;
    this.planPath = options.planPath ?? null;
  }
}

/** A data set, volume or label that cannot be used. */
export class DataError extends ExpError {
  readonly code: 'EXP4101' | 'EXP4102' | 'EXP4103' | 'EXP4104';
  readonly path: string;

  /** 4101 missing data set, 4102 unreadable volume, 4103 label and image disagree, 4104 the split leaves nothing. */
  constructor(
    code: DataError['code'],
    path: string,
    message: string,
    options: { help?: string; planPath?: string; cause?: unknown } = {},
  ) {
    super(message, { planPath: 'dataset', ...options });
    this.code = code;
    this.path = path;
  }
}

/** A loss or a gradient that is not a number. */
export class NumericError extends ExpError {
  readonly code = 'EXP4201';
  readonly step: number;
  readonly quantity: string;

  constructor(step: number, quantity: string, message: string, options: { help?: string; cause?: unknown } = {}) {
    super(message, { planPath: 'optimizer.learningRate', ...options });
    this.step = step;
    this.quantity = quantity;
  }
}

/** A checkpoint that is missing, damaged or of another plan. */
export class CheckpointError extends ExpError {
  readonly code = 'EXP4301';
  readonly path: string;

  constructor(path: string, message: string, options: { help?: string; cause?: unknown } = {}) {
    super(message, options);
    this.path = path;
  }
}

/** A file of weights that cannot be read, or does not fit the model. */
export class WeightsError extends ExpError {
  readonly code = 'EXP4302';
  readonly path: string;

  constructor(path: string, message: string, options: { help?: string; cause?: unknown } = {}) {
    super(message, { planPath: 'model.weights', ...options });
    this.path = path;
  }

  /** For what the system says of a file. */
  static unreadable(path: string, cause: unknown): WeightsError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new WeightsError(path, `${path} cannot be read: ${reason}`, { cause });
  }
}

/** A tracking server that refused or did not answer. */
export class TrackingError extends ExpError {
  readonly code: 'EXP4401' | 'EXP4402' = 'EXP4401';
  readonly status: number | null;
  readonly serverCode: string | null;
  /** How long the server asks to be left alone (`Retry-After`), in milliseconds; null where it does not say. */
  readonly retryAfterMs: number | null;

  constructor(
    status: number | null,
    serverCode: string | null,
    message: string,
    options: { help?: string; cause?: unknown; retryAfterMs?: number | null } = {},
  ) {
    super(message, { planPath: 'track', ...options });
    this.status = status;
    this.serverCode = serverCode;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** A secret whose variable is not set. */
export class SecretError extends TrackingError {
  override readonly code = 'EXP4402';

  constructor(name: string) {
    super(null, null, `the secret ${name} has no value: the environment has no variable of that name`, {
      help: `set it: export ${name}=…`,
    });
  }
}

/** An engine that is missing, or cannot be set up. */
export class EngineError extends ExpError {
  readonly code = 'EXP4501';
}

/** The trainer was killed while memory was short. */
export class OutOfMemoryError extends ExpError {
  readonly code = 'EXP4502';
}

/** A run folder that does not exist, is in use, or holds what cannot be resumed. */
export class RunError extends ExpError {
  readonly code = 'EXP4601';
}

/** A run that has used up its budget. */
export class BudgetError extends ExpError {
  readonly code = 'EXP4602';

  constructor(message: string, options: { help?: string } = {}) {
    super(message, { planPath: 'budget', ...options });
  }
}
