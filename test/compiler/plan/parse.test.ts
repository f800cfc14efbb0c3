import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePlan, parsePlanFile } from '../../../compiler/plan/parse.ts';

/** Plans as `exp plan --json` wrote them on the day that their name tells. */
const FOLDER = new URL('../../fixtures/plans/', import.meta.url);

function stored(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
}

describe('plans of earlier days', () => {
  it.each(readdirSync(FOLDER))('%s reads, with everything that it said', (name) => {
    const plan = stored(name);
    const hint = 'a setting that plans have learnt needs its line in LEARNT of compiler/plan/parse.ts';
    expect(parsePlan(plan).data, hint).toMatchObject(plan as object);
  });

  it('keep the identity that they were written with', () => {
    const planId = 'a'.repeat(64);
    const file = { planId, plan: stored('swin-2026-11-25.json'), origins: {} };
    expect(parsePlanFile(file).data?.planId).toBe(planId);
  });

  it.each([null, [], 'plan', {}, { plan: 3 }])('%j is none', (content) => {
    expect(parsePlan(content).success).toBe(false);
    expect(parsePlanFile(content).success).toBe(false);
  });
});
