/// <reference path="./twin-files.d.ts" />
/** The library's files as texts, for bundles and tests. A new file of the library is added here. */
import constants from './constants.twin';
import control from './control.twin';
import electrical from './electrical.twin';
import flow from './flow.twin';
import fluid from './fluid.twin';
import population from './population.twin';
import rotating from './rotating.twin';
import thermal from './thermal.twin';
import process from './process.twin';
import quantities from './quantities.twin';
import sensing from './sensing.twin';
import units from './units.twin';

export const libraryFiles: Readonly<Record<string, string>> = {
  'units.twin': units,
  'quantities.twin': quantities,
  'constants.twin': constants,
  'process.twin': process,
  'sensing.twin': sensing,
  'control.twin': control,
  'electrical.twin': electrical,
  'flow.twin': flow,
  'fluid.twin': fluid,
  'population.twin': population,
  'rotating.twin': rotating,
  'thermal.twin': thermal,
};
