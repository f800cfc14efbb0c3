/** What both formats do with the names of their nodes. */

/** Names that are taken get a number. */
export class FreshNames {
  readonly #taken = new Map<string, number>();

  next(name: string): string {
    const count = this.#taken.get(name) ?? 0;
    this.#taken.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  }
}

/**
 * The nodes that the outputs need, in their order.
 *
 * @param describe the names that a node makes, and those that it reads
 * @returns also all names that are needed, the outputs' and those of weights among them
 */
export function neededNodes<N>(
  nodes: readonly N[],
  outputs: readonly string[],
  describe: (node: N) => { readonly makes: readonly string[]; readonly reads: readonly string[] },
): { readonly nodes: readonly N[]; readonly needed: ReadonlySet<string> } {
  const needed = new Set(outputs);
  const kept = nodes
    .toReversed()
    .filter((node) => {
      const { makes, reads } = describe(node);
      const isNeeded = makes.some((name) => needed.has(name));
      if (isNeeded) for (const name of reads) needed.add(name);
      return isNeeded;
    })
    .reverse();
  return { nodes: kept, needed };
}
