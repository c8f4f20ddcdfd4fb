/** What other stages and the editor may use of this stage. */
export { documentationOf } from './documentation.ts';
export { closestNames } from './closest-names.ts';
export {
  assetOfRunnable,
  assetOfScenario,
  assetOfStudied,
  featureOf,
  lineage,
  Members,
  SENSING,
} from './members.ts';
export { importing, kindOf } from './name-diagnostics.ts';
export { namedElements, packageOf, PackageIndex, type NamedElement } from './package-index.ts';
export { parse, type ParseOptions, type ParseResult, type SourceText } from './parse.ts';
export { COMMON_PACKAGE } from './scope.ts';
export { type Keywords } from './keywords.ts';
export { createTwinServices, TwinModule, type TwinAddedServices, type TwinServices } from './services.ts';
export { sourceAt, sourceOf, sourceOfCst, sourceOfProperty, textAround, uriOf } from './source.ts';
export { TreeVisitor } from './visit.ts';
export { type Absence } from './absent.ts';
export { Workspace, type ParsedFile } from './workspace.ts';
export { format, type FormatResult } from './format.ts';
