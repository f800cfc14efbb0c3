/** A graph that cannot be built. Users never see one for a checked plan: it names a mistake in a network or in an op. */
export class GraphError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GraphError';
  }
}
