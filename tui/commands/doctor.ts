import { diagnoseEngine, type Finding } from '../../runtime/engine/provision/diagnose.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const MARK: Readonly<Record<Finding['status'], string>> = { ok: 'ok      ', warning: 'warning ', missing: 'missing ' };

/** `exp doctor`: each finding, and under it what mends it. */
export function doctor(options: { readonly requireGpu?: true; readonly json?: true }): ExitCode {
  const diagnosis = diagnoseEngine();
  if (options.json) {
    process.stdout.write(`${JSON.stringify(diagnosis, null, 2)}\n`);
  } else {
    for (const { name, status, detail, mend } of diagnosis.findings) {
      process.stdout.write(`${MARK[status]}${name.padEnd(9)} ${detail}\n`);
      if (mend !== null) process.stdout.write(`${' '.repeat(18)}mend: ${mend}\n`);
    }
    process.stdout.write(`\nA run would use: ${diagnosis.engine}\n`);
  }
  return options.requireGpu && diagnosis.engine !== 'tensorflow-cuda' ? EXIT.failed : EXIT.ok;
}
