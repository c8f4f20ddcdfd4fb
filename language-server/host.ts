import type { Absence, SourceText } from '../compiler/1-parse/index.ts';
import type { ReadData } from '../compiler/2-check/index.ts';
import type { LibraryFiles } from '../compiler/library-files.ts';
import type { FindingsCache } from './workspace/closed-files.ts';

/** What the server borrows from where it runs. */
export interface Host {
  library: LibraryFiles;
  /** `.twin` files of a folder; of all folders below it, too, when deep. Those that cannot be read are left out. */
  files(folderUri: string, deep: boolean): Promise<SourceText[]>;
  /** The text on disk; `undefined` when there is none. */
  read(uri: string): string | undefined;
  /** The data of a table: a file that lies in a folder, by their URIs; `undefined` when there is none. */
  readData?: ReadData;
  /** Calls back when data that was asked for has come: a host that cannot wait for it gives it later. */
  onData?(listener: (uri: string) => void): void;
  /** The texts of installed packages that a file's `use` lines lead to, and why others are not to be had. */
  packages?(uri: string, names: readonly string[]): { texts: SourceText[]; absent: Map<string, Absence> };
  /** Where what was found in files is kept from one start to the next, by their folder. */
  cache?(folderUri: string): FindingsCache | undefined;
  /** Where the pages of the diagnostics are, when the client does not say. */
  diagnosticPages?: string;
}
