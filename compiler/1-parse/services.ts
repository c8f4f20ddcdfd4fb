/**
 * The wiring: Langium's core services with ours in place. No editor is needed; `language-server/` adds its own services to
 * the same modules.
 */
import {
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  EmptyFileSystem,
  inject,
  type LangiumCoreServices,
  type LangiumSharedCoreServices,
  type Module,
  type PartialLangiumCoreServices,
} from 'langium';
import { reflection } from '../../grammar/generated/ast.ts';
import { TwinGeneratedModule, TwinGeneratedSharedModule } from '../../grammar/generated/module.ts';
import { TwinCommentProvider, TwinDocumentationProvider } from './documentation.ts';
import { TwinLexerErrorMessageProvider, TwinParserErrorMessageProvider } from './mistakes/error-messages.ts';
import { quickly } from './kinds.ts';
import { keywordsOf, type Keywords } from './keywords.ts';
import { TwinLexer } from './read/lexer.ts';
import { TwinLinker } from './names/links.ts';
import { Members } from './names/members.ts';
import { PackageIndex } from './names/package-index.ts';
import { createTwinParser } from './read/parser.ts';
import { TwinScopeProvider } from './names/scope.ts';
import { TwinTokenBuilder } from './read/token-builder.ts';

/** What is ours beyond Langium's set. */
export interface TwinAddedServices {
  twin: {
    PackageIndex: PackageIndex;
    Members: Members;
    Scopes: TwinScopeProvider;
    Keywords: Keywords;
    Links: TwinLinker;
  };
}
export type TwinServices = LangiumCoreServices & TwinAddedServices;

export const TwinModule: Module<TwinServices, PartialLangiumCoreServices & TwinAddedServices> = {
  parser: {
    LangiumParser: (services) => createTwinParser(services),
    Lexer: (services) => new TwinLexer(services),
    TokenBuilder: () => new TwinTokenBuilder(),
    ParserErrorMessageProvider: () => new TwinParserErrorMessageProvider(),
    LexerErrorMessageProvider: () => new TwinLexerErrorMessageProvider(),
  },
  documentation: {
    CommentProvider: () => new TwinCommentProvider(),
    DocumentationProvider: () => new TwinDocumentationProvider(),
  },
  references: {
    ScopeProvider: (services) => services.twin.Scopes,
    Linker: (services) => services.twin.Links,
  },
  twin: {
    PackageIndex: (services) => new PackageIndex(services.shared.AstReflection),
    Members: (services) => new Members(services.twin.PackageIndex),
    Scopes: (services) =>
      new TwinScopeProvider(services.twin.PackageIndex, services.twin.Members, services.shared.AstReflection),
    Keywords: (services) => keywordsOf(services.Grammar),
    Links: (services) => new TwinLinker(services),
  },
};

quickly(reflection);

/** A parser and linker with an index of their own; nothing is shared between two of them. */
export function createTwinServices(): { shared: LangiumSharedCoreServices; twin: TwinServices } {
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), TwinGeneratedSharedModule);
  const twin = inject(createDefaultCoreModule({ shared }), TwinGeneratedModule, TwinModule);
  shared.ServiceRegistry.register(twin);
  return { shared, twin };
}
