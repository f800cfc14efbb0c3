/** Runs on one server, as far as an address needs them. */
interface OnServer {
  readonly uri: string;
  readonly experimentId: string;
  readonly runId: string;
}

/** The server's own page that compares runs; one run has its own page. */
export function compareAddress([first, ...others]: readonly [OnServer, ...OnServer[]]): string {
  const all = [first, ...others];
  if (others.length === 0) return `${first.uri}/#/experiments/${first.experimentId}/runs/${first.runId}`;
  const list = (values: readonly string[]) => encodeURIComponent(JSON.stringify([...new Set(values)]));
  const runs = list(all.map(({ runId }) => runId));
  return `${first.uri}/#/compare-runs?runs=${runs}&experiments=${list(all.map(({ experimentId }) => experimentId))}`;
}
