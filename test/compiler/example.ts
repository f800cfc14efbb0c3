import { readFileSync } from 'node:fs';
import { type Compilation, type CompileOptions, compile } from '../../compiler/compile.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';

/** The smallest experiment that compiles; tests change one thing of it. */
export const SMALL = `experiment small {
  dataset bids("data/organ") {
    image: "T1w"
    label: "desc-manual_dseg"
    foreground: [1]
  }
  model SegResNet { init_filters: 8 }
  patch: 32x32x32
  schedule { epochs: 10 }
}
`;

/** `SMALL` with more settings at its end. */
export function smallWith(settings: string): string {
  return SMALL.replace(/\}\n$/, `  ${settings}\n}\n`);
}

export function experimentText(name: string): string {
  return readFileSync(new URL(`../../experiments/${name}.exp`, import.meta.url), 'utf8');
}

export function compileText(text: string, options: Partial<CompileOptions> = {}): Compilation {
  return compile({ path: 'test.exp', text }, { profile: null, set: [], environment: () => undefined, ...options });
}

/** Compiles what must compile. */
export function planOf(text: string, options: Partial<CompileOptions> = {}): PlanFile {
  const { planFile, diagnostics } = compileText(text, options);
  if (planFile === null) throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return planFile;
}

export function codesOf(text: string, options: Partial<CompileOptions> = {}): readonly string[] {
  return compileText(text, options).diagnostics.map((diagnostic) => diagnostic.code);
}
