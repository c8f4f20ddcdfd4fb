/** Packages that are used lead to their files, and names of data files to those. */
import { URI, Utils } from 'vscode-uri';
import type { DocumentLink } from 'vscode-languageserver-types';
import { packageOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { propertyCst, rangeAt } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';

const DATA = /\bfrom\s+"([^"\r\n]+\.(?:csv|tsv|txt|parquet))"/g;

export function documentLinks(project: Project, file: ParsedFile): DocumentLink[] {
  const found: DocumentLink[] = [];
  for (const use of file.tree.uses) {
    const place = use === undefined ? undefined : propertyCst(use, 'package');
    if (place === undefined) continue;
    const home = project.fileOfPackage(use.package);
    if (home !== undefined && home !== file.uri)
      found.push({
        range: rangeAt(file, place.offset, place.end),
        target: home,
        tooltip: `Package ${use.package}`,
      });
  }
  if (!file.uri.startsWith('file:')) return found;
  const folder = Utils.dirname(URI.parse(file.uri));
  for (const { 0: text, 1: path = '', index } of file.text.matchAll(DATA)) {
    const start = index + text.length - path.length - 1;
    found.push({
      range: rangeAt(file, start, start + path.length),
      target: Utils.resolvePath(folder, path).toString(),
      tooltip: `Data of ${packageOf(file.tree) || 'this file'}`,
    });
  }
  return found;
}
