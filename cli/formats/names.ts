/** Apart from the rest, as the command line needs no more than these to start. */
export const FORMATS = ['text', 'json', 'sarif', 'junit', 'github', 'gitlab', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

export interface FormatOptions {
  format?: Format;
  /** The same as `--format json`. */
  json?: boolean;
}

export const formatOf = ({ format, json }: FormatOptions): Format =>
  json === true ? 'json' : (format ?? 'text');
