import * as z from 'zod';

/** Schemas that several parts of the plan share. */

export const positiveInt = z.int().positive();
export const fraction = z.number().min(0).max(1);
export const voxelTriple = z.tuple([positiveInt, positiveInt, positiveInt]);
