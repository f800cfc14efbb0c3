/** Ends every switch over a discriminated union, so that a new member does not compile until it is handled. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
