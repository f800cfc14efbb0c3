import { calibrateCommand } from './calibrate.ts';
import { checkCommand } from './check.ts';
import type { CommandDefinition } from './command.ts';
import { compareCommand } from './compare.ts';
import { completionCommand } from './completion.ts';
import { dataCommand } from './data.ts';
import { doctorCommand } from './doctor.ts';
import { evaluateCommand } from './evaluate.ts';
import { explainCommand } from './explain.ts';
import { fixCommand } from './fix.ts';
import { fmtCommand } from './fmt.ts';
import { initCommand } from './init.ts';
import { lspCommand } from './lsp.ts';
import { planCommand } from './plan.ts';
import { predictCommand } from './predict.ts';
import { resumeCommand } from './resume.ts';
import { runCommand } from './run.ts';
import { runsCommand } from './runs.ts';
import { setupCommand } from './setup.ts';
import { showCommand } from './show.ts';
import { stopCommand } from './stop.ts';
import { submitCommand } from './submit.ts';
import { syncCommand } from './sync.ts';
import { watchCommand } from './watch.ts';
import { weightsCommand } from './weights.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandDefinition[] = [
  initCommand,
  runCommand,
  resumeCommand,
  watchCommand,
  stopCommand,
  submitCommand,
  predictCommand,
  evaluateCommand,
  planCommand,
  calibrateCommand,
  checkCommand,
  fixCommand,
  fmtCommand,
  explainCommand,
  runsCommand,
  showCommand,
  compareCommand,
  syncCommand,
  dataCommand,
  weightsCommand,
  setupCommand,
  doctorCommand,
  lspCommand,
  completionCommand,
];
