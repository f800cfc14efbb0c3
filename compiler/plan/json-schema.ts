import * as z from 'zod';
import { planFileSchema } from './schema.ts';
import { PLAN_VERSION } from './version.ts';

/** The published JSON Schema of a plan file, as text; `docs/plan.schema.json` holds it. */
export function planJsonSchema(): string {
  const schema = z.toJSONSchema(planFileSchema, { target: 'draft-2020-12' });
  return `${JSON.stringify({ title: `exp plan, version ${PLAN_VERSION}`, ...schema }, null, 2)}\n`;
}
