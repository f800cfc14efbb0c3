import { shippedEnvironments } from '../bind/environments.ts';
import { PROFILE_CATALOGUE } from '../catalogue/profiles.ts';
import { ALL_DIAGNOSTICS, explain } from '../explain.ts';
import { camelCase } from '../fields/case.ts';
import { ENVIRONMENT } from '../fields/environment.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import { SWEEP, SWEEP_SETTINGS } from '../fields/sweep.ts';
import { QUANTITIES } from '../fields/values/units.ts';
import { writeValue } from '../fields/write-value.ts';
import { plainSnippet } from '../language-server/snippets.ts';
import { STATEMENTS } from '../language-server/statements.ts';
import { fieldSection, fieldsWithSections, fieldTable } from './field-tables.ts';
import { code, fenced, paragraphs, table } from './markdown.ts';

/** The pages of `docs/` that say what the language takes, from the tables that the compiler itself reads. */

const GENERATED = '<!-- Written by `npm run docs` from the tables of the compiler; edit those. -->';

export function referencePage(): string {
  const sections: readonly (readonly [string, string])[] = [
    ['Statements', statements()],
    ['Units', units()],
    ['Experiment', experiment()],
    ['Sweep', sweep()],
    ['Environment', environment()],
    ['Environments that every file can name', catalogue()],
    ['Profiles that every file has', profiles()],
    ['Diagnostics', diagnostics()],
  ];
  const contents = sections.map(([title]) => `- [${title}](#${anchor(title)})`).join('\n');
  return `${paragraphs(
    GENERATED,
    '# Reference',
    'Everything that an `.exp` file can say. `exp check` takes what stands here and nothing else; editors complete it.',
    contents,
    ...sections.flatMap(([title, text]) => [`## ${title}`, text]),
  )}\n`;
}

function anchor(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}

function statements(): string {
  return paragraphs(
    ...Object.entries(STATEMENTS).map(([name, { doc, snippet, places }]) => {
      const where = places.map((place) => (place === 'file' ? 'at the top of a file' : `in an ${place}`)).join(', ');
      return paragraphs(
        `### ${code(name)}`,
        `${doc} Stands ${where.replace('an profile', 'a profile')}.`,
        // Where the editor's cursor ends up, something has to follow.
        fenced(plainSnippet(snippet).replace(/^ +$/gm, '  …')),
      );
    }),
  );
}

function units(): string {
  const rows = Object.values(QUANTITIES).map(({ describe, units: known }) => [
    describe,
    Object.keys(known).map(code).join(', '),
  ]);
  return paragraphs(
    'A quantity carries its unit; a number without one is another type, and so is another unit.',
    table(['quantity', 'units'], [...rows, ['a percentage', '`%`'], ['an amount of money', '`$30`, `$0.526/h`']]),
  );
}

function experiment(): string {
  return paragraphs(
    'What may stand in `experiment NAME { … }`, and as an override in a `profile`.',
    fieldsWithSections(EXPERIMENT, 3),
  );
}

function sweep(): string {
  return paragraphs(
    'Before the braces of `sweep { … }` may stand how its combinations are chosen.',
    fieldSection('sweep', { type: SWEEP, doc: '', presence: { kind: 'optional' }, plan: null }, 3),
    'In the braces stand the settings that it varies, by their paths, and:',
    fieldsWithSections(SWEEP_SETTINGS, 3),
  );
}

function environment(): string {
  return paragraphs('What may stand in `environment NAME { … }`.', fieldTable(ENVIRONMENT.fields));
}

function catalogue(): string {
  const fields = Object.entries(ENVIRONMENT.fields).map(([name, { type }]) => ({ name, type }));
  const rows = [...shippedEnvironments().values()].map(({ name, values }) => {
    const byName = new Map<string, unknown>(Object.entries(values));
    const cells = fields.map((field) => {
      const value = byName.get(camelCase(field.name)) ?? null;
      return value === null ? '' : writeValue(field.type, value).replace(/^"(.*)"$/, '$1');
    });
    return [code(name), ...cells];
  });
  return table(['name', ...fields.map(({ name }) => name)], rows);
}

function profiles(): string {
  const text = 'Each is a profile of every experiment, unless the file has one of its name.';
  return paragraphs(text, fenced(PROFILE_CATALOGUE));
}

function diagnostics(): string {
  const rows = Object.entries(ALL_DIAGNOSTICS).map(([name, { severity, message }]) => [
    `[${name}](diagnostics.md#${name.toLowerCase()})`,
    severity,
    withoutPlaceholders(message),
  ]);
  return table(['code', 'severity', 'what it says'], rows);
}

/** What `exp explain` says of every code. */
export function diagnosticsPage(): string {
  const sections = Object.entries(ALL_DIAGNOSTICS).flatMap(([name, { severity, message }]) => {
    const [, ...explanation] = (explain(name) ?? '').split('\n');
    return [`## ${name}`, `*${severity}:* ${withoutPlaceholders(message)}`, explanation.join('\n').trim()];
  });
  const text = 'Every code that `exp` reports, and how to mend what it is about. `exp explain CODE` prints the same.';
  return `${paragraphs(GENERATED, '# Diagnostics', text, ...sections)}\n`;
}

function withoutPlaceholders(message: string): string {
  return message.replace(/\{(\w+)\}/g, '…');
}
