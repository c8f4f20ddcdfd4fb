/** Where something stands in a text: a file's URI and a half-open range of UTF-16 offsets. */
export interface SourceRange {
  uri: string;
  start: number;
  end: number;
  /** One-based, for people and for the formats that want lines. */
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}
