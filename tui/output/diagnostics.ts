import { ALL_DIAGNOSTICS } from '../../compiler/explain.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { renderText, summarize } from '../../dsl/render-diagnostic.ts';
import { renderJson } from '../../dsl/render-json.ts';
import { renderSarif } from '../../dsl/render-sarif.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { columnsOf } from '../context.ts';
import { plural } from '../format/quantities.ts';
import type { Terminal } from '../terminal/terminal.ts';

export type DiagnosticFormat = 'text' | 'json' | 'sarif';

/** Diagnostics as a person, a script or a code-scanning service reads them. */
export async function writeDiagnostics(
  stream: NodeJS.WriteStream,
  terminal: Terminal,
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat,
  files: number,
): Promise<void> {
  switch (format) {
    case 'json':
      stream.write(`${renderJson(diagnostics).trimEnd()}\n`);
      return;
    case 'sarif':
      stream.write(
        `${renderSarif(diagnostics, { toolVersion: packageFile.version, definitions: ALL_DIAGNOSTICS }).trimEnd()}\n`,
      );
      return;
    case 'text':
      writeFrames(stream, terminal, diagnostics);
      stream.write(`${diagnostics.length === 0 ? `${plural(files, 'file')}, no mistakes` : summarize(diagnostics)}\n`);
  }
}

/** The code frames alone. */
export function writeFrames(stream: NodeJS.WriteStream, terminal: Terminal, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  const { color, unicode } = terminal;
  stream.write(`${renderText(diagnostics, { color, ascii: !unicode, width: columnsOf(stream) })}\n`);
}
