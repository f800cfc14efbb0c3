/** Of the plan's form; apart from its schema, because checking a file needs no schema. */
export const PLAN_VERSION = 1;
