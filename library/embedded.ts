/// <reference path="./twin-files.d.ts" />
/** The library's files as texts, for bundles and tests. A new file of the library is added here. */
import constants from './constants.twin';
import quantities from './quantities.twin';
import sensing from './sensing.twin';
import units from './units.twin';

export const libraryFiles: Readonly<Record<string, string>> = {
  'units.twin': units,
  'quantities.twin': quantities,
  'constants.twin': constants,
  'sensing.twin': sensing,
};
