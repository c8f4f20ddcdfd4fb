/** Pages of the documentation → their code blocks and links. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../', import.meta.url));

export interface Page {
  /** From the repository's root on. */
  path: string;
  text: string;
}

export function pagesBelow(folder: string): Page[] {
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length))
    .toSorted()
    .map(readPage);
}

export const readPage = (path: string): Page => ({
  path,
  text: readFileSync(join(repository, path), 'utf8'),
});

/**
 * What stands after ```twin:
 *   (nothing)       a text of its own
 *   continues       more of the text above
 *   file NAME       another file beside the text above
 *   inside          lines of an asset
 *   wrong CODE      gives this diagnostic, and is not part of what continues
 */
export interface Block {
  line: number;
  text: string;
  continues: boolean;
  file?: string;
  inside: boolean;
  /** Code of a diagnostic. */
  wrong?: string;
}

export function twinBlocks(page: Page): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; words: string[]; lines: string[] } | undefined;
  for (const [index, line] of page.text.split('\n').entries()) {
    if (open !== undefined) {
      if (line.startsWith('```')) {
        const { words } = open;
        const after = (word: string): string | undefined =>
          words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
        const known = words.every((word, i) =>
          ['continues', 'inside', 'file', 'wrong'].includes(word)
            ? true
            : ['file', 'wrong'].includes(words[i - 1] ?? ''),
        );
        if (!known) throw new Error(`${page.path}:${open.line}: what is ${words.join(' ')}?`);
        const [file, wrong] = [after('file'), after('wrong')];
        blocks.push({
          line: open.line,
          text: open.lines.join('\n') + '\n',
          continues: words.includes('continues'),
          inside: words.includes('inside'),
          ...(file === undefined ? {} : { file }),
          ...(wrong === undefined ? {} : { wrong }),
        });
        open = undefined;
      } else open.lines.push(line);
    } else if (/^```twin\b/.test(line))
      open = { line: index + 1, words: line.slice(7).trim().split(/\s+/).filter(Boolean), lines: [] };
  }
  return blocks;
}

/** Targets of Markdown links that lead into the repository, with the part after #. */
export function localLinks(page: Page): { target: string; anchor?: string; line: number }[] {
  const links: { target: string; anchor?: string; line: number }[] = [];
  let code = false;
  for (const [index, line] of page.text.split('\n').entries()) {
    if (line.startsWith('```')) code = !code;
    if (code) continue;
    for (const [, link = ''] of line.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [target = '', anchor] = link.split('#');
      links.push({ target, line: index + 1, ...(anchor === undefined ? {} : { anchor }) });
    }
  }
  return links;
}

/** Anchors as GitHub makes them from headings. */
export const anchorsOf = (page: Page): string[] =>
  [...page.text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
