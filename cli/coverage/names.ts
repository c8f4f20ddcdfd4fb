/** Apart from the rest, as the command line needs no more than these to start. */
export const COVERAGE_REPORTS = ['text', 'json', 'lcov', 'cobertura'] as const;
export type CoverageReport = (typeof COVERAGE_REPORTS)[number];

export interface CoverageOptions {
  coverage?: boolean;
  coverageReport?: CoverageReport[];
  /** Folder for reports that are files. */
  coverageOut?: string;
  /** Percent of all that can be reached. */
  coverageMin?: number;
}
