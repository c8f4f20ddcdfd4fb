/** Names across the workspace, the best of a fuzzy search first; files that are not read are searched by their headers. */
import type { AstNode } from 'langium';
import { SymbolKind, type Range, type WorkspaceSymbol } from 'vscode-languageserver-types';
import { isAssetDecl, isModesDecl, isProcessDecl } from '../../grammar/generated/ast.ts';
import { isMember } from '../../compiler/1-parse/names/members.ts';
import { locationOf, nameOf, nameSource } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';
import { SYMBOL_KINDS } from '../read/symbols.ts';

/** Names that one search finds. */
const MOST = 200;

interface Found {
  name: string;
  rank: number;
  symbol: () => WorkspaceSymbol;
}

export function workspaceSymbols(project: Project, query: string): WorkspaceSymbol[] {
  const found: Found[] = [];
  const add = (name: string, symbol: () => WorkspaceSymbol): void => {
    const rank = rankOf(name, query);
    if (rank !== undefined) found.push({ name, rank, symbol });
  };
  for (const header of project.workspace.services.twin.PackageIndex.unread.all()) {
    const { uri, text, package: containerName, names } = header;
    for (const [name, type] of names) {
      if (type === 'TestDecl') continue;
      const kind = SYMBOL_KINDS[type] ?? SymbolKind.Variable;
      add(name, () => ({ name, kind, location: { uri, range: declaredAt(text, name) }, containerName }));
    }
  }
  for (const file of project.files()) {
    if (file.library && query === '') continue;
    for (const element of file.tree.elements) {
      if (element === undefined) continue;
      for (const node of [element, ...(file.library ? [] : membersOf(element))]) {
        const name = nameOf(node);
        if (name === '') continue;
        const containerName = node === element ? file.tree.package?.name : nameOf(element);
        const kind = SYMBOL_KINDS[node.$type] ?? SymbolKind.Variable;
        add(name, () => ({ name, kind, location: locationOf(nameSource(node)), containerName }));
      }
    }
  }
  found.sort((a, b) => a.rank - b.rank || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  return found.slice(0, MOST).map(({ symbol }) => symbol());
}

/** Members of an asset, with modes and steps of processes. */
function membersOf(element: AstNode): AstNode[] {
  if (!isAssetDecl(element)) return [];
  return element.members.filter(isMember).flatMap((member): AstNode[] => {
    if (isModesDecl(member)) return [member, ...member.modes];
    return isProcessDecl(member) ? [member, ...member.steps] : [member];
  });
}

/**
 * The letters of the query stand in the name in their order. Best is the name itself, then what begins so, then the first
 * letters of its words (`hp` finds HeatPump), then what holds it as it is, then all others.
 */
export function rankOf(name: string, query: string): number | undefined {
  if (query === '') return 0;
  const [here, wanted] = [name.toLowerCase(), query.toLowerCase()];
  if (here === wanted) return 0;
  if (here.startsWith(wanted)) return 1;
  const initials = name
    .replace(/(?<=[a-z\d])(?=[A-Z])|_/g, ' ')
    .split(' ')
    .map((word) => word[0]?.toLowerCase());
  if (wanted.length > 1 && initials.join('').startsWith(wanted)) return 2;
  if (here.includes(wanted)) return 3;
  let at = 0;
  let gaps = 0;
  for (const letter of wanted) {
    const next = here.indexOf(letter, at);
    if (next < 0) return undefined;
    gaps += next - at;
    at = next + 1;
  }
  return 4 + gaps / 100;
}

/** Where a text declares a name: behind a word such as `asset`, not where it is first used. */
function declaredAt(text: string, name: string): Range {
  const declared = new RegExp(`^[^\\S\\n]*(?:[a-z]+[^\\S\\n]+)+${name}\\b`, 'm').exec(text);
  const at =
    declared === null ? Math.max(0, text.indexOf(name)) : declared.index + declared[0].length - name.length;
  const line = text.slice(0, at).split('\n').length - 1;
  const start = { line, character: at - text.lastIndexOf('\n', at - 1) - 1 };
  return { start, end: { line, character: start.character + name.length } };
}
