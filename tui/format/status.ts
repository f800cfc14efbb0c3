/** A status in words: `stopped_early`, a run that the halving of its sweep holds back, reads too much like `early_stopped`. */
export function statusWords(status: string): string {
  return status === 'stopped_early' ? 'held back' : status.replaceAll('_', ' ');
}
