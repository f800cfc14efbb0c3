import { EXIT } from '../exit-codes.ts';
import { jsonDocument } from '../json/write.ts';
import type { CommandDefinition } from './command.ts';

interface DoctorOptions {
  readonly requireGpu?: boolean;
  readonly json?: boolean;
}

export const doctorCommand: CommandDefinition = {
  name: 'doctor',
  summary: 'Show what this machine has, what is missing and the command that mends it',
  examples: ['exp doctor', 'exp doctor --require-gpu'],
  define: (command, act) => {
    command
      .option('--require-gpu', 'exit with 2 unless runs would use a GPU')
      .option('--json', 'print the findings as JSON')
      .action(({ requireGpu = false, json = false }: DoctorOptions) =>
        act(async (context) => {
          const { diagnoseEngine } = await import('../../runtime/engine/provision/diagnose.ts');
          const diagnosis = diagnoseEngine();
          const lacksGpu = requireGpu && diagnosis.engine !== 'tensorflow-cuda';
          if (json) context.stdout.write(jsonDocument('doctor', diagnosis));
          else {
            const { formatDiagnosis } = await import('../output/doctor.ts');
            context.stdout.write(formatDiagnosis(diagnosis, context.terminal));
          }
          if (lacksGpu) {
            const { printFailure } = await import('../failures.ts');
            const help = 'start on a machine with an NVIDIA GPU and driver, then run `exp setup --cuda`';
            printFailure(context, { message: `runs here would use ${diagnosis.engine}, not a GPU`, help });
            return EXIT.failed;
          }
          return EXIT.ok;
        }),
      );
  },
};
