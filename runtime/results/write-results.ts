import { join } from 'node:path';
import type { RunState } from '../events/run-state.ts';
import type { RunEvent } from '../events/schema.ts';
import { folderIn } from '../run/folder-trouble.ts';
import { writeWhole } from '../system/durable.ts';
import { casesCsv, casesJson, type MeasuredCase } from './case-table.ts';
import { curvesPicture } from './curves-picture.ts';
import { CASES_FILE, CASES_TABLE, CURVES_FILE, RESULTS_FOLDER } from './files.ts';

/** Writes what a run has come to so far: its curves as a picture, and its cases as tables, where there are any. */
export function writeResults(runDir: string, events: readonly RunEvent[], state: RunState): void {
  const folder = folderIn(runDir, RESULTS_FOLDER);
  const write = (name: string, content: string | Uint8Array) => writeWhole(join(folder, name), Buffer.from(content));
  const cases = measuredCases(events, state.best?.epoch ?? null);
  if (cases.length > 0) {
    write(CASES_FILE, casesJson(cases));
    write(CASES_TABLE, casesCsv(cases));
  }
  write(CURVES_FILE, curvesPicture(state));
}

/** Of the best validation, and where they were predicted at the end, of that. */
export function measuredCases(events: readonly RunEvent[], bestEpoch: number | null): readonly MeasuredCase[] {
  const cases = new Map<string, MeasuredCase>();
  const tested = new Set(events.findLast((event) => event.type === 'data')?.subjects.test);
  for (const event of events) {
    if (event.type !== 'prediction' && !(event.type === 'validation_case' && event.epoch === bestEpoch)) continue;
    const { subject, metrics } = event;
    if (Object.keys(metrics).length > 0)
      cases.set(subject, { subject, set: tested.has(subject) ? 'test' : 'validation', metrics });
  }
  return [...cases.values()];
}
