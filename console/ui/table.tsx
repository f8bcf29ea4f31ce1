import type { ComponentChildren } from 'preact';
import { type Cell, toCsv, toJson } from '../base/export.ts';
import { save } from '../base/save.ts';

export interface Column<Row> {
  /** Also the name in what is exported. */
  readonly name: string;
  readonly label: string;
  /** As it is exported, and shown where nothing else is said. */
  readonly value: (row: Row) => Cell;
  readonly shown?: (row: Row) => ComponentChildren;
  readonly number?: true;
}

interface Props<Row> {
  /** What it is a table of; also the name of its files. */
  readonly title: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  /** The row that is looked at beside the table. */
  readonly current?: (row: Row) => boolean;
  /** What to say where there is nothing: what would be here, and how it comes. */
  readonly empty: ComponentChildren;
}

/** A table that can be read, walked through by keyboard, and taken along. */
export function Table<Row>({ title, columns, rows, id, current, empty }: Props<Row>) {
  if (rows.length === 0) return <div class="empty-state">{empty}</div>;
  const header = columns.map(({ name }) => name);
  const cells = () => rows.map((row) => columns.map(({ value }) => value(row)));
  const file = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return (
    <section class="table-block" aria-label={title}>
      <div class="table-head">
        <h2>{title}</h2>
        <span class="quiet">{rows.length}</span>
        <span class="grow" />
        <button
          class="small"
          type="button"
          onClick={() => save(`${file}.csv`, 'text/csv', toCsv(header, cells()))}
        >
          CSV<span class="unseen"> of {title}</span>
        </button>
        <button
          class="small"
          type="button"
          onClick={() => save(`${file}.json`, 'application/json', toJson(header, cells()))}
        >
          JSON<span class="unseen"> of {title}</span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1) */}
      <section class="scroll" tabIndex={0} aria-label={`${title}, table`}>
        <table>
          <thead>
            <tr>
              {columns.map(({ name, label, number }) => (
                <th key={name} scope="col" class={number ? 'number' : undefined}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={id(row)} {...(current?.(row) === true && { 'aria-current': 'true' as const })}>
                {columns.map(({ name, value, shown, number }) => (
                  <td key={name} class={number ? 'number' : undefined}>
                    {shown ? shown(row) : value(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
