import { stripVTControlCharacters } from 'node:util';

/** Rows as columns, numbers and all else to the right; the first row is the head. */
export function inColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => ' '.repeat(widths[column]! - widthOf(cell)) + cell);
      return `  ${cells.join('   ')}\n`;
    })
    .join('');
}

const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;
