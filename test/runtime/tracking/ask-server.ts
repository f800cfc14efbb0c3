import { checkTracking } from '../../../runtime/tracking/check.ts';

/** What `exp run` finds out of a server before it starts, in a process of its own: `ask-server URI`. */
const problem = await checkTracking(process.argv[2] ?? null);
process.stdout.write(`${problem?.message ?? 'all is well'}\n`);
