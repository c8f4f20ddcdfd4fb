/** Rows that can be sorted by each column, looked at one by one, and opened in the preview. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Sorting } from './results.ts';
import { sorted } from './results.ts';
import { words } from './words.ts';

/** Rows that are drawn at once. */
const PAGE = 100;

export interface Column {
  name: string;
  unit: string;
}

interface Props<T> {
  label: string;
  columns: readonly Column[];
  rows: readonly T[];
  idOf: (row: T) => number;
  valueOf: (row: T, column: number) => number | string;
  cellOf: (row: T, column: number) => ComponentChildren;
  /** What stands behind the last column. */
  noteOf: (row: T) => ComponentChildren;
  chosen: number | null;
  choose: (id: number) => void;
  /** Opens a row's run; absent where that cannot be. */
  open: ((row: T) => void) | undefined;
  /** Why it cannot; absent where there is no preview at all. */
  notOpen: string | undefined;
}

export function ResultTable<T>(props: Props<T>) {
  const { label, columns, rows, idOf, valueOf, cellOf, noteOf, chosen, choose, open, notOpen } = props;
  const sorting = useSignal<Sorting | undefined>(undefined);
  const shown = useSignal(PAGE);
  const ordered = sorted(rows, valueOf, sorting.value);
  const sortBy = (column: number): void => {
    const now = sorting.value;
    sorting.value =
      now?.column !== column
        ? { column, descending: false }
        : now.descending
          ? undefined
          : { column, descending: true };
  };
  const stateOf = (column: number): 'ascending' | 'descending' | 'none' =>
    sorting.value?.column !== column ? 'none' : sorting.value.descending ? 'descending' : 'ascending';
  const page = ordered.slice(0, shown.value);
  // What is looked at stays in the table.
  const away = ordered.find((row) => idOf(row) === chosen);
  if (away !== undefined && !page.includes(away)) page.push(away);
  /** One row is reached by Tab, the others from there by the arrows. */
  const inOrder = page.findIndex((row) => idOf(row) === chosen);
  const move = (event: KeyboardEvent, row: T, at: number): void => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: page.length - 1 }[event.key];
    if (to !== undefined && page[to] !== undefined) {
      event.preventDefault();
      choose(idOf(page[to]));
      const body = (event.currentTarget as HTMLElement).parentElement!;
      (body.children[to] as HTMLElement).focus();
    } else if (event.key === 'Enter' && event.target === event.currentTarget) {
      event.preventDefault();
      open?.(row);
    }
  };
  return (
    <div class="table-frame" role="region" aria-label={label} tabIndex={-1}>
      <table class="results">
        <thead>
          <tr>
            {columns.map(({ name, unit }, column) => (
              <th key={column} scope="col" aria-sort={stateOf(column)}>
                <button type="button" title={words.sortBy(name)} onClick={() => sortBy(column)}>
                  <span class="arrow" aria-hidden="true">
                    {stateOf(column) === 'none' ? '' : stateOf(column) === 'ascending' ? '▲' : '▼'}
                  </span>
                  <span>
                    {name} {unit === '' ? null : <span class="unit">{unit}</span>}
                  </span>
                </button>
              </th>
            ))}
            <td class="note" />
          </tr>
        </thead>
        <tbody>
          {page.map((row, at) => {
            const id = idOf(row);
            return (
              <tr
                key={id}
                tabIndex={at === Math.max(0, inOrder) ? 0 : -1}
                aria-selected={id === chosen}
                class={id === chosen ? 'is-chosen' : ''}
                onClick={() => choose(id)}
                onFocus={() => choose(id)}
                onKeyDown={(event) => move(event, row, at)}
              >
                {columns.map((_, column) => (
                  <td key={column}>{cellOf(row, column)}</td>
                ))}
                <td class="note">
                  {noteOf(row)}
                  {open === undefined && notOpen === undefined ? null : (
                    <button
                      type="button"
                      class="link"
                      disabled={open === undefined}
                      title={open === undefined ? notOpen : words.preview}
                      tabIndex={id === chosen ? 0 : -1}
                      onClick={() => open?.(row)}
                    >
                      {words.previewShort}
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {ordered.length > shown.value ? (
        <button type="button" class="link" onClick={() => (shown.value += PAGE)}>
          {words.more(Math.min(PAGE, ordered.length - shown.value))}
        </button>
      ) : null}
    </div>
  );
}
