import { listPreviews } from '../../runtime/previews/preview.ts';
import { type Preview, readPreview } from '../../runtime/previews/read.ts';
import type { PreviewShelf } from './shown-run.ts';

/** How often the folder is looked at. */
const LOOK_MS = 1_000;
/** Volumes kept: of 2 MB a map at most. */
const KEPT = 4;

/** The previews of a run folder, read when they are looked at and read again when a validation has written new ones. */
export function openPreviewShelf(runDir: string, now: () => number = () => performance.now()): PreviewShelf {
  let listed: ReturnType<typeof listPreviews> = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  const kept = new Map<string, { readonly writtenAt: number; readonly preview: Preview | null }>();
  const look = () => {
    if (now() - lookedAt < LOOK_MS) return;
    lookedAt = now();
    listed = listPreviews(runDir);
  };
  return {
    cases: () => {
      look();
      return listed.map(({ caseId }) => caseId);
    },
    read: (caseId) => {
      look();
      const writtenAt = listed.find((each) => each.caseId === caseId)?.writtenAt;
      if (writtenAt === undefined) return null;
      const before = kept.get(caseId);
      if (before !== undefined && before.writtenAt === writtenAt) return before.preview;
      const preview = readPreview(runDir, caseId);
      kept.delete(caseId);
      kept.set(caseId, { writtenAt, preview });
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return preview;
    },
  };
}
