import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { folderIn } from '../run/folder-trouble.ts';
import { writeDurably } from '../system/durable.ts';
import { type Provenance, provenanceSchema } from './provenance.ts';

export const TRACKING_FOLDER = 'mlflow';
const JOURNAL_FILE = 'journal.json';

const refusalSchema = z.object({ sequence: z.int(), what: z.string(), message: z.string() });

const deliveredSchema = z.object({
  /** The server this is about, without credentials. Another server begins anew. */
  uri: z.string(),
  experimentId: z.string(),
  runId: z.string(),
  artifactUri: z.string(),
  /** All events up to this one have been delivered; −1 before the first. A half stands for the end that no event tells. */
  sequence: z.number(),
  /** That event's time: numbers that a power cut took from the record are given out again, with later times. */
  time: z.int(),
  /** Uploaded artifacts by path, with the version that was uploaded. */
  artifacts: z.record(z.string(), z.string()),
  /** What the server would not take, and why. */
  refused: z.array(refusalSchema),
});

const journalSchema = z.object({
  version: z.literal(1),
  provenance: provenanceSchema.nullable(),
  delivered: deliveredSchema.nullable(),
});

export type Refusal = z.infer<typeof refusalSchema>;
export type Delivered = z.infer<typeof deliveredSchema>;

/** A run that the server has just made, and nothing of the record delivered to it. */
export function nothingDelivered(
  uri: string,
  experimentId: string,
  info: { run_id: string; artifact_uri: string },
): Delivered {
  const [runId, artifactUri] = [info.run_id, info.artifact_uri];
  return { uri, experimentId, runId, artifactUri, sequence: -1, time: 0, artifacts: {}, refused: [] };
}

/**
 * `runs/<id>/mlflow/journal.json`: how far the server has been told. It is replaced whole and only after the server has
 * agreed, so that a crash at any moment repeats the last delivery at most, which changes nothing on the server.
 */
export class Journal {
  readonly #folder: string;
  #provenance: Provenance | null;
  #delivered: Delivered | null;

  constructor(runDir: string) {
    this.#folder = folderIn(runDir, TRACKING_FOLDER);
    const found = read(join(this.#folder, JOURNAL_FILE));
    this.#provenance = found?.provenance ?? null;
    this.#delivered = found?.delivered ?? null;
  }

  get provenance(): Provenance | null {
    return this.#provenance;
  }

  /** Null when nothing has reached this server yet. */
  deliveredTo(uri: string): Delivered | null {
    return this.#delivered?.uri === uri ? this.#delivered : null;
  }

  saveProvenance(provenance: Provenance): void {
    this.#provenance = provenance;
    this.#save();
  }

  saveDelivered(delivered: Delivered | null): void {
    this.#delivered = delivered;
    this.#save();
  }

  #save(): void {
    const content = { version: 1, provenance: this.#provenance, delivered: this.#delivered };
    const path = join(this.#folder, JOURNAL_FILE);
    const temporary = `${path}.${process.pid}.tmp`;
    writeDurably(temporary, [Buffer.from(`${JSON.stringify(content, null, 2)}\n`)], 'w');
    renameSync(temporary, path);
  }
}

/** A damaged journal counts as none: telling everything again is safe. */
function read(path: string): z.infer<typeof journalSchema> | null {
  try {
    return journalSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Where a run or a matrix has been delivered to, whichever server that was; null where nothing has. */
export function deliveredRun(runDir: string): Delivered | null {
  return read(join(runDir, TRACKING_FOLDER, JOURNAL_FILE))?.delivered ?? null;
}
