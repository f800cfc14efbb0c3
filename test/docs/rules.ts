import { hasNvidiaDriver } from '../../runtime/engine/provision/locate.ts';
import type { Stage } from './stage.ts';

/** What has to be there before a line of a page is typed, and what it answers. All rules count that fit the line. */
export interface Rule {
  readonly of: RegExp;
  readonly before?: (stage: Stage) => void | Promise<void>;
  /** Where it is typed, when not in the stage's own folder. */
  readonly within?: string;
  readonly env?: (stage: Stage) => NodeJS.ProcessEnv;
  /** 0 where no rule says otherwise. */
  readonly exitCode?: number;
  readonly prints?: RegExp;
  /** What stands on stderr, where nothing does otherwise. */
  readonly tells?: RegExp;
}

export function rulesFor(line: string): readonly Rule[] {
  return RULES.filter(({ of }) => of.test(line));
}

export const RULES: readonly Rule[] = [
  { of: /^exp init/, within: 'new' },
  // Nothing is asked where there is no terminal.
  { of: /^exp init$/, exitCode: 1, tells: /^error: which data set\?\n {2}help: name its folder: exp init --data/ },
  { of: /^exp init .*--data/, prints: /^wrote \S+\.exp\n\nnext:\n {2}exp data check/m },
  { of: /^exp data check/, prints: /^Phantoms, 4 subjects {2}4 cases in / },
  { of: /^exp data stats/, prints: /patch/ },
  { of: /^exp data phantom/, prints: /^12 phantom subjects in data\/phantom$/m },
  { of: /^exp check (?!--format)/, prints: /^6 files, no mistakes$/m },
  { of: /^exp fmt (?!--check)/, prints: / formatted$/m },
  { of: /^exp fmt --check/, prints: /^$/ },
  { of: /^exp fix (?!--check)/, before: (stage) => stage.edit('experiments/swin.exp', 'feature_size', 'featur_size') },
  { of: /^exp fix (?!--check)/, prints: /feature_size/ },
  { of: /^exp fix --check/, prints: /^(\S+: nothing to fix\n){6}$/ },
  { of: /^exp explain/, prints: /^error\[EXP3012\]/ },
  { of: /^exp setup/, env: (stage) => stage.bareCache, prints: /^the engine is set up: \S+ at /m, tells: /compiling/ },
  ...(hasNvidiaDriver()
    ? []
    : [{ of: /--require-gpu/, exitCode: 2, tells: /^error: runs here would use \S+, not a GPU\n {2}help: / }]),
  { of: /^exp doctor/, prints: /^runs use tensorflow-(cpu|cuda)$/m },
  { of: /exp completion/, prints: /comp(lete|def) .*exp/ },

  { of: /^exp run /, prints: /^completed |^#.* RUN /m },
  { of: /^exp run .*folds=5/, prints: /5\/5 fold=5: completed/ },
  { of: /^exp run .*--profile cloud-gpu/, tells: /^warning: the profile cloud-gpu plans for aws\.g4dn\.xlarge/ },

  { of: /^exp plan .*--diff runs/, before: (stage) => stage.callNewest(/swin/, '20261124-1830-swin') },
  { of: /^exp plan (?!.*--(explain|diff|env|json))/, prints: /^verdict +fits /m },
  { of: /^exp plan .*--explain optimizer\.learning_rate/, prints: /^optimizer\.learning_rate = 0\.0001$/m },
  { of: /^exp plan .*--diff runs/, prints: /^\d+ values? differs?; \d+ values the same$/m },
  { of: /^exp plan .*--diff-profile/, prints: /model\.name +SwinUNETR +→ +SegResNet/ },
  { of: /^exp plan .*--environments/, prints: /^ +environment +batch +memory GB +a step/m },

  {
    of: /^exp stop/,
    before: (stage) => stage.begin(),
    prints: /ends after its step, with a checkpoint; continue with: /,
  },
  { of: /^exp resume (latest|3f2a|.*--plan.*)$/, before: (stage) => stage.takeStopped() },
  { of: /^exp resume .*--plan organ\.exp/, before: (stage) => stage.call('organ.exp', 'longer.exp') },
  { of: /^exp resume .*--set '?budget/, before: (stage) => stage.spent() },
  { of: /^exp resume/, prints: /^completed {2}organ/m },

  { of: /^exp watch latest/, before: (stage) => stage.trained() },
  { of: /^exp watch/, prints: /^completed {2}organ/m },
  { of: /^exp runs($| --where.*status)/, prints: /organ|^none of \d+ runs is like that$/m },
  { of: /^exp runs pin/, prints: / is pinned$/m },
  { of: /^exp runs gc/, prints: /nothing was removed: --delete does it$/m },
  { of: /^exp show (?!.*--json)/, prints: /^ *METRIC +BEST +EPOCH +LAST$/m },
  { of: /^exp compare (3f2a|b107)(?!.*--(mlflow|html))/, prints: /^ *METRIC +A best/m },
  {
    of: /^exp compare b107 0378 bdd4/,
    prints: /^PLAN[\s\S]*optimizer\.learning_rate[\s\S]*^C against A, dice of 1 case$/m,
  },
  { of: /^exp compare .*--mlflow/, prints: /^http:\S+compare-runs\?runs=/ },
  { of: /^exp compare my-sweep/, prints: /ranked by val\.dice[\s\S]*^# +val\.dice +learning_rate/m },
  { of: /exp sync/, prints: /^all of it is there: http/m },

  { of: /^exp weights inspect model_swinvit/, before: (stage) => stage.exportSwin('model_swinvit.pt') },
  { of: /^exp weights inspect/, prints: /: (pytorch|safetensors), \d+ tensors, [\d,]+ elements$/m },
  { of: /^exp weights import/, prints: /\d+ of \d+/ },
  { of: /^exp weights export/, prints: / as (safetensors|pt|onnx|tfjs) in organ/ },
  { of: /^exp (predict|evaluate) (?!.*--csv)/, tells: /^\d+ cases? with SegResNet of / },
  { of: /^exp predict/, prints: /^\d+ segmentations? written/m },
  { of: /^exp evaluate/, prints: /^case[ ,]/ },

  { of: /^exp submit .*--to/, prints: /^next\n {2}cd handoff\//m },
  { of: /^exp submit (?!.*--profile).*--to/, tells: /^warning: this is planned for the machine at hand/ },
  { of: /^exp submit status/, prints: /^RUN +STATUS/m },
  { of: /^exp submit collect/, prints: /1 run not started yet/ },
];
