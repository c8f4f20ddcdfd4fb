/** Units and quantities are declared soundly. */
import { isQuantityDecl, isUnitDecl, type TwinFile } from '../../../grammar/generated/ast.ts';
import { sourceOf, sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import { declarationProblem } from '../../diagnostics/units.ts';
import type { Analysis } from '../analysis.ts';

export function declarationsOfUnitsMustHold(file: TwinFile, analysis: Analysis): void {
  const table = analysis.tables.declaring(file);
  // What is wrong with those of others, the library's among them, is no matter of this file.
  if (!file.elements.some((element) => isUnitDecl(element) || isQuantityDecl(element))) return;
  for (const error of table.errors) {
    const { name } = error.declaration;
    const twice = error.reason === 'duplicate';
    const candidates = file.elements.filter(
      (element) => (isUnitDecl(element) || isQuantityDecl(element)) && element.name === name,
    );
    // Of two in one file the later is the one too many.
    const node = twice ? candidates.at(-1) : candidates[0];
    if (node === undefined) continue;
    const property = error.reason === 'unknownUnit' && 'definition' in node ? 'definition' : 'name';
    const place = sourceOfProperty(node, property);
    const fixes =
      error.reason === 'unknownUnit' && place.start !== sourceOf(node).start
        ? error.suggestions.slice(0, 3).map((text) => {
            const start = place.start + error.at;
            return {
              title: `Write ${text}`,
              edits: [{ uri: uriOf(node), start, end: start + error.symbol.length, text }],
            };
          })
        : [];
    analysis.report(declarationProblem, { problem: error.message }, node, { place, fixes });
  }
}
