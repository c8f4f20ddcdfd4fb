/** Sources of the repository → which file imports what, type imports included. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface SourceImport {
  /** Path of the importing file, relative to the repository, with `/`. */
  from: string;
  line: number;
  /** As written: `./nodes.ts`, `node:fs`, `langium/lsp`. */
  specifier: string;
  /** Path of the imported file relative to the repository; undefined for packages and built-in modules. */
  file: string | undefined;
  /** `import type …` or `export type … from`. */
  typeOnly: boolean;
}

/** Files that git tracks or would, so neither dependencies nor anything generated. */
export function sourceFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file !== '' && existsSync(join(repository, file)));
}

export function importsOf(
  file: string,
  text: string = readFileSync(join(repository, file), 'utf8'),
): SourceImport[] {
  const code = withoutComments(text);
  const found: SourceImport[] = [];
  const statement =
    /(?<![\w.$])(?:(import|export)\s+(type\s+)?(?:[\w*{][^'"`;()]*?\sfrom\s*)?|(import)\s*\(\s*)(['"])([^'"\n]+)\4/g;
  for (const match of code.matchAll(statement)) {
    const specifier = match[5] ?? '';
    const relative = specifier.startsWith('.');
    found.push({
      from: file,
      line: code.slice(0, match.index).split('\n').length,
      specifier,
      file: relative ? posix.normalize(posix.join(posix.dirname(file), specifier)) : undefined,
      typeOnly: match[2] !== undefined,
    });
  }
  return found;
}

/** Blanks comments (keeping line breaks), and template literals, whose text may quote code. */
function withoutComments(text: string): string {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;
  return text.replace(token, (part) =>
    part.startsWith('/') || part.startsWith('`') ? part.replace(/[^\n]/g, ' ') : part,
  );
}
