/** Reads data files for the compiler, and remembers which. */
import { readDataFile } from '../packages/data-file.ts';

/** By URI; without text where there is none. */
export const dataRead = new Map<string, { uri: string; folder: string; text: string | undefined }>();

export function readData(uri: string, folder: string): string | undefined {
  const text = readDataFile(uri, folder);
  dataRead.set(uri, { uri, folder, text });
  return text;
}
