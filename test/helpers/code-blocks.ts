import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './python.ts';

/** The fenced blocks of one language in a page of the repository, in their order. */
export function codeBlocks(page: string, language: string): readonly string[] {
  const text = readFileSync(join(repositoryRoot, page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block);
}

/** The commands of a page's `sh` blocks, one a line, without remarks. */
export function commandsOf(page: string): readonly string[] {
  return codeBlocks(page, 'sh').flatMap((block) =>
    block
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '')),
  );
}

/** The lines of a page's blocks that a person may type, without the prompt, what comes before `exp`, and remarks. */
export function commandsShown(page: string, language: string): readonly string[] {
  return codeBlocks(page, language)
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => /^(?:\$ )?(?:npm ci && )?(?:npx )?(exp .*?)(?: +#.*)?$/.exec(line)?.[1] ?? []);
}
