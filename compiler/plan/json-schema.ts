import { z } from 'zod';
import { PLAN_VERSION, planFileSchema } from './schema.ts';

/** The published JSON Schema of a plan file, as text; `docs/plan.schema.json` holds it. */
export function planJsonSchema(): string {
  const schema = z.toJSONSchema(planFileSchema, { target: 'draft-2020-12' });
  return `${JSON.stringify({ title: `exp plan, version ${PLAN_VERSION}`, ...schema }, null, 2)}\n`;
}
