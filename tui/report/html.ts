/** Text that is HTML already. Everything else is escaped where it is put in: names of runs and values are anybody's. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | null | readonly Part[];

/** html`<td>${value}</td>`: parts are escaped unless they are HTML; null is nothing, and lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, index) => string + (index < parts.length ? render(parts[index] ?? null) : ''));
  return { html: text.join('') };
}

/** For text of our own: a style sheet, a script. */
export function verbatim(text: string): Html {
  return { html: text };
}

function render(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
