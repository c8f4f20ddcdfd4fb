/**
 * How a view looks, as text: the mean colour of each cell of a grid. Small changes of fonts and edges leave it as it is; a
 * part that is gone, moved or of another colour does not. The texts are kept beside the tests; POLLUX_LOOKS=write renews them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BrowserContext, Locator } from 'playwright-core';

const COLUMNS = 32;
const ROWS = 20;
/** How far two colours may lie apart (0 … 255, the largest of red, green and blue): one step of what is kept. */
const FAR = 17;
/** Share of the cells that may differ: a list of completions covers more. */
const MOST = 0.025;

/** Rows of cells, each three hexadecimal digits: the upper four bits of red, green and blue. */
export async function lookOf(context: BrowserContext, view: Locator): Promise<string> {
  const picture = (await view.screenshot({ animations: 'disabled', caret: 'hide' })).toString('base64');
  const page = await context.newPage();
  try {
    return await page.evaluate(
      async ([source, columns, rows]) => {
        const image = new Image();
        image.src = `data:image/png;base64,${source}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.width, image.height];
        const pen = canvas.getContext('2d')!;
        pen.drawImage(image, 0, 0);
        const { data } = pen.getImageData(0, 0, image.width, image.height);
        const edge = (size: number, index: number, count: number) => Math.floor((size * index) / count);
        const lines: string[] = [];
        for (let row = 0; row < rows; row++) {
          const cells: string[] = [];
          for (let column = 0; column < columns; column++) {
            const sums = [0, 0, 0];
            let count = 0;
            for (let y = edge(image.height, row, rows); y < edge(image.height, row + 1, rows); y++)
              for (
                let x = edge(image.width, column, columns);
                x < edge(image.width, column + 1, columns);
                x++
              ) {
                for (let c = 0; c < 3; c++) sums[c]! += data[4 * (y * image.width + x) + c]!;
                count++;
              }
            cells.push(sums.map((sum) => Math.min(15, Math.round(sum / count / 17)).toString(16)).join(''));
          }
          lines.push(cells.join(' '));
        }
        return `${lines.join('\n')}\n`;
      },
      [picture, COLUMNS, ROWS] as const,
    );
  } finally {
    await page.close();
  }
}

/** How much of a look differs from the one that is kept: 0 … 1, and whether that is too much. */
export function compareLooks(kept: string, now: string): { share: number; differs: boolean } {
  const [a, b] = [kept.trim().split(/\s+/), now.trim().split(/\s+/)];
  if (a.length !== b.length) return { share: 1, differs: true };
  const far = a.filter((cell, index) =>
    [0, 1, 2].some(
      (c) => Math.abs(Number.parseInt(cell[c]!, 16) - Number.parseInt(b[index]![c]!, 16)) * 17 > FAR,
    ),
  ).length;
  return { share: far / a.length, differs: far / a.length > MOST };
}

/** Compares with the text in a file; writes it when there is none, or when told to. */
export function keptLook(file: string, now: string): { share: number; differs: boolean } {
  if (process.env['POLLUX_LOOKS'] === 'write' || !existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, now);
  }
  return compareLooks(readFileSync(file, 'utf8'), now);
}
