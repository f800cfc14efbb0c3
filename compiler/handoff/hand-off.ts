import { readme } from './readme.ts';
import { setUpFiles } from './set-up.ts';
import type { HandoffFile, HandoffJob, Target } from './target.ts';

/** All files that a target is handed, but the plans and the package: small text, whatever the number of runs. */
export function handoffFiles(job: HandoffJob, target: Target): readonly HandoffFile[] {
  return [
    { path: 'README.md', text: readme(job, target, target.commands(job)) },
    ...target.files(job),
    ...setUpFiles(job, target),
  ];
}
