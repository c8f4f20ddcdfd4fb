/** Apart from the rest, as the command line needs no more than these to start. */
export const FORMATS = ['text', 'json', 'sarif', 'junit', 'github', 'gitlab', 'markdown'] as const;
/** Those that are files of their own. */
export const REPORT_FORMATS = ['sarif', 'junit', 'github', 'gitlab', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** `sarif=reports/check.sarif`: one more format, into a file. */
export interface ReportFile {
  format: (typeof REPORT_FORMATS)[number];
  path: string;
}

export interface FormatOptions {
  format?: Format;
  report?: ReportFile[];
  /** The same as `--format json`. */
  json?: boolean;
}

export const formatOf = ({ format, json }: FormatOptions): Format =>
  json === true ? 'json' : (format ?? 'text');
