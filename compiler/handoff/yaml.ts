/** Plain data as YAML 1.2 that YAML 1.1 reads the same: block style, text quoted wherever it could be read as something else. */

export type YamlValue = string | number | boolean | null | readonly YamlValue[] | YamlMap;

/** Entries that are undefined are left out. */
export interface YamlMap {
  readonly [key: string]: YamlValue | undefined;
}

export function yamlDocument(value: YamlMap): string {
  return `${lines(value).join('\n')}\n`;
}

function lines(value: YamlValue): readonly string[] {
  if (isList(value)) return value.length === 0 ? ['[]'] : value.flatMap((item) => prefixed('- ', '  ', lines(item)));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : entry(key, item)));
    return entries.length === 0 ? ['{}'] : entries;
  }
  return typeof value === 'string' && value.includes('\n') ? block(value) : [scalar(value)];
}

function entry(key: string, value: YamlValue): readonly string[] {
  const below = lines(value);
  const [first = '', ...rest] = below;
  if (typeof value !== 'object' || value === null || first === '[]' || first === '{}')
    return [`${scalar(key)}: ${first}`, ...rest.map((line) => (line === '' ? '' : `  ${line}`))];
  return [`${scalar(key)}:`, ...below.map((line) => (line === '' ? '' : `  ${line}`))];
}

function prefixed(first: string, others: string, text: readonly string[]): readonly string[] {
  return text.map((line, index) => (line === '' ? '' : `${index === 0 ? first : others}${line}`));
}

/** A script as it is, line for line. */
function block(text: string): readonly string[] {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return [text.endsWith('\n') ? '|' : '|-', ...body.split('\n').map((line) => line)];
}

/** Words that no version of YAML takes for a number, a date or a truth value. */
const PLAIN = /^(?!(?:true|false|yes|no|on|off|y|n|null|nan|inf)$)[A-Za-z/][\w./-]*(?: [\w./-]+)*$/i;

function scalar(value: string | number | boolean | null): string {
  return typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value);
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}
