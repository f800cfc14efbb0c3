import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { repositoryRoot } from './python.ts';

const ajv = new Ajv2020({ allErrors: true });

/** Holds a document to a published JSON Schema. @param path below docs/ */
export function expectValid(path: string, document: unknown): void {
  const validate = ajv.compile(JSON.parse(readFileSync(join(repositoryRoot, 'docs', path), 'utf8')));
  const isValid = validate(document);
  expect(isValid ? [] : validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`)).toEqual([]);
}

/** Each line of a command that prints one JSON a line. */
export function jsonLines(stdout: string): readonly unknown[] {
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
