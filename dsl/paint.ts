import type { Severity } from './diagnostic.ts';

/** Escape codes around a text, or nothing. */
export type Paint = (text: string, style: Style) => string;
export type Style = Severity | 'frame' | 'related' | 'strong' | 'plain';
