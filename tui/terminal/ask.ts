import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.ts';

/** Questions on a terminal. An empty answer takes the default. */
export interface Asker {
  /** @param accept says what is wrong with an answer; null where it is fine */
  text(question: string, fallback: string, accept: (answer: string) => string | null): Promise<string>;
  choice<T extends string>(question: string, choices: readonly T[], fallback: T): Promise<T>;
  close(): void;
}

export function asker({ stdin, stdout }: Pick<Context, 'stdin' | 'stdout'>): Asker {
  const lines = createInterface({ input: stdin, output: stdout });

  async function text(question: string, fallback: string, accept: (answer: string) => string | null): Promise<string> {
    for (;;) {
      const typed = (await lines.question(`${question}${fallback === '' ? '' : ` (${fallback})`}: `)).trim();
      const answer = typed === '' ? fallback : typed;
      const problem = accept(answer);
      if (problem === null) return answer;
      stdout.write(`  ${problem}\n`);
    }
  }

  return {
    text,
    async choice(question, choices, fallback) {
      const find = (answer: string) => choices.find((choice) => choice.toLowerCase() === answer.toLowerCase());
      const answer = await text(`${question} [${choices.join(', ')}]`, fallback, (typed) =>
        find(typed) === undefined ? `one of ${choices.join(', ')}` : null,
      );
      return find(answer) ?? fallback;
    },
    close: () => lines.close(),
  };
}
