import { describe, expect, it } from 'vitest';
import { TrackingError } from '../../runtime/errors.ts';
import { stateOfRun } from '../../runtime/events/accumulate.ts';
import type { TrackingResult } from '../../runtime/tracking/tracker.ts';
import type { ReporterKind } from '../../tui/session/reporter.ts';
import { printResult } from '../../tui/session/result.ts';
import { contextFor } from '../helpers/cli.ts';
import { finishedRun } from './sample-run.ts';

const CUT: TrackingResult = {
  url: 'http://localhost:5000/#/experiments/1/runs/2',
  delivered: 40,
  queued: 12,
  downSince: null,
  problem: null,
  refused: [],
  notice: null,
  complete: false,
};

function printed(kind: ReporterKind, tracking: TrackingResult) {
  const { context, stdout, stderr } = contextFor('/work');
  const runDir = '/work/runs/20261124-1200-organ-3f2a';
  printResult(context, kind, stateOfRun(finishedRun()), { runDir, tracking });
  return { stdout: stdout.text, stderr: stderr.text };
}

describe('what a server has not got when a run ends', () => {
  const OWING =
    '20261124-1200-organ-3f2a is not wholly in MLflow; 12 entries wait in the run folder, ' +
    'and `exp sync 20261124-1200-organ-3f2a` delivers the rest\n';

  it.each(['plain', 'quiet', 'json', 'screen'] as const)('is said with %s', (kind) => {
    expect(printed(kind, CUT).stderr).toBe(OWING);
  });

  it('is no word where all has arrived, or no server is set', () => {
    expect(printed('quiet', { ...CUT, queued: 0, complete: true }).stderr).toBe('');
    expect(printed('quiet', { ...CUT, url: null, complete: false }).stderr).toBe('');
  });

  it('is said once, with why', () => {
    const problem = new TrackingError(null, null, 'the server is away');
    const away: TrackingResult = { ...CUT, problem, notice: 'the server is away; 12 entries wait in the run folder' };
    expect(printed('quiet', away)).toEqual({ stdout: expect.stringContaining('the server is away'), stderr: '' });
    expect(printed('json', away).stderr).toContain('not wholly in MLflow: the server is away; 12 entries wait');
  });
});
