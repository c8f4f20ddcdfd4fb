/** What other stages and the editor may use of this stage. */
export { documentationOf } from './documentation.ts';
export { closestNames } from './names/closest-names.ts';
export { assetOfStudied, featureOf, lineage } from './names/members.ts';
export { importing } from './names/diagnostics.ts';
export { namedElements, packageOf, type NamedElement } from './names/package-index.ts';
export { parse, type ParseOptions, type ParseResult, type SourceText } from './parse.ts';
export { createTwinServices, TwinModule, type TwinAddedServices, type TwinServices } from './services.ts';
export { sourceOf, sourceOfCst, sourceOfProperty, uriOf } from './source.ts';
export { type Absence } from './names/absent.ts';
export { Workspace, type ParsedFile } from './workspace.ts';
export { format, type FormatResult } from './format.ts';
