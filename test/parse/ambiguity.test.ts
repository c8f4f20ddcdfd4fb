/** The grammar in development mode, where the parser tells of ambiguities: over everything the language has. */
import { createDefaultCoreModule, createDefaultSharedCoreModule, EmptyFileSystem, inject } from 'langium';
import { afterEach, expect, it, vi } from 'vitest';
import { TwinModule } from '../../compiler/1-parse/index.ts';
import {
  TwinGeneratedModule,
  TwinGeneratedSharedModule,
  TwinLanguageMetaData,
} from '../../grammar/generated/module.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { EVERYTHING } from './helper.ts';

afterEach(() => vi.restoreAllMocks());

it('is read in one way only', () => {
  const said: string[] = [];
  for (const channel of ['log', 'warn', 'error', 'info'] as const) {
    vi.spyOn(console, channel).mockImplementation((...words: unknown[]) => void said.push(words.join(' ')));
  }
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), TwinGeneratedSharedModule);
  const twin = inject(createDefaultCoreModule({ shared }), TwinGeneratedModule, TwinModule, {
    LanguageMetaData: () => ({ ...TwinLanguageMetaData, mode: 'development' as const }),
  });
  shared.ServiceRegistry.register(twin);
  for (const text of [EVERYTHING, ...Object.values(libraryFiles)]) {
    expect(twin.parser.LangiumParser.parse(text).parserErrors).toEqual([]);
  }
  expect(said).toEqual([]);
});
