/**
 * `exp run … | head`: nobody reads our output any more, which is as if the terminal had gone. Told once, though each further
 * line fails as well.
 *
 * @returns what ends the listening
 */
export function whenUnread(act: () => void): () => void {
  let isUnread = false;
  const onError = ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE' || isUnread) return;
    isUnread = true;
    act();
  };
  process.stdout.on('error', onError);
  return () => process.stdout.off('error', onError);
}
