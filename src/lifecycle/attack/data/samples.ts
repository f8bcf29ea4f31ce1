import { Problem } from '../../../base/problem.ts';
import type { NumberArray } from './array.ts';
import type { Data } from './read-data.ts';
import type { Cell, Table } from './table.ts';

/** A column as it was, and where its numbers are: one, or one for each category. */
export interface Field {
  readonly name: string;
  readonly at: number;
  readonly categories?: readonly string[] | undefined;
}

/** Rows of numbers, laid end to end, and what they are of. */
export interface Samples {
  readonly rows: Float32Array;
  readonly count: number;
  readonly features: number;
  /** A name for each number of a row. */
  readonly columns: readonly string[];
  readonly fields: readonly Field[];
  readonly labels: readonly Cell[];
  /** Whether they come from a table, whose columns mean something each. */
  readonly table: boolean;
  /** The sizes of a row in the file. */
  readonly dims: readonly number[];
  /** Pictures of bytes: 0 to 255, scaled. */
  readonly bytes: boolean;
  /** Where a row stands in its file, for messages. */
  place(row: number): string;
}

export interface SampleOptions {
  /** The column of the right class; default the last. */
  readonly label?: string | undefined;
  /** Labels in a file of their own. */
  readonly labels?: Data | undefined;
  readonly drop: readonly string[];
  /** What every number is multiplied with. */
  readonly scale: number;
  /** Numbers that the model takes; undefined: as many as there are, with texts as categories. */
  readonly features: number | undefined;
}

/** Throws Problem('usage') that names row and column where something is no number or does not fit the model. */
export function samplesOf({ name, content }: Data, options: SampleOptions): Samples {
  return content.kind === 'table' ? fromTable(name, content, options) : fromArray(name, content, options);
}

function fromArray(name: string, array: NumberArray, options: SampleOptions): Samples {
  const [count = 0, ...dims] = array.dims;
  const features = array.data.length / count;
  if (options.features !== undefined && features !== options.features)
    throw new Problem(
      'usage',
      `${name} has ${features} numbers a row, and the model takes ${options.features}`,
    );
  if (options.labels === undefined)
    throw new Problem('usage', `${name} has no labels`, 'Name the file that has them with --labels.');
  const place = (row: number) => `${name}, row ${row}`;
  const rows = Float32Array.from(array.data, (value) => value * options.scale);
  const wrong = rows.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new Problem(
      'usage',
      `${place(Math.floor(wrong / features))}: number ${wrong % features} is no number`,
    );
  const columns = Array.from({ length: features }, (_, at) => `x${at}`);
  return {
    rows,
    count,
    features,
    columns,
    fields: columns.map((column, at) => ({ name: column, at })),
    labels: labelCells(options.labels, count, name),
    table: false,
    dims,
    bytes: array.bytes,
    place,
  };
}

/** As many labels as there are rows, from a file of their own: of a table its last column. Throws Problem('usage'). */
export function labelCells({ name, content }: Data, count: number, of: string): readonly Cell[] {
  const cells =
    content.kind === 'table' ? content.rows.map((row) => row.at(-1) ?? '') : Array.from(content.data);
  if (content.kind === 'array' && content.data.length !== content.dims[0])
    throw new Problem('usage', `${name} is no list of labels: it has more than one number a row`);
  if (cells.length < count)
    throw new Problem('usage', `${name} has ${cells.length} labels, and ${of} has ${count} rows`);
  return cells.slice(0, count);
}

function fromTable(name: string, table: Table, options: SampleOptions): Samples {
  const has = (column: string): number => {
    const at = table.columns.indexOf(column);
    if (at < 0)
      throw new Problem('usage', `${name} has no column “${column}”: it has ${table.columns.join(', ')}`);
    return at;
  };
  const dropped = new Set(options.drop.map(has));
  const own = options.label !== undefined || options.labels === undefined;
  const label = own ? (options.label === undefined ? table.columns.length - 1 : has(options.label)) : -1;
  const used = [...table.columns.keys()].filter((at) => at !== label && !dropped.has(at));
  const texts = used.filter((at) => table.rows.some((row) => !isNumber(row[at])));
  const expand = options.features === undefined ? texts.length > 0 : used.length !== options.features;
  const fields: Field[] = [];
  const columns: string[] = [];
  for (const at of used) {
    const column = table.columns[at] ?? '';
    const categories = expand && texts.includes(at) ? categoriesOf(table, at, name) : undefined;
    fields.push({ name: column, at: columns.length, categories });
    columns.push(...(categories?.map((category) => `${column}=${category}`) ?? [column]));
  }
  if (options.features !== undefined && columns.length !== options.features)
    throw new Problem(
      'usage',
      `${name} has ${columns.length} features${columns.length === used.length ? '' : ` (${used.length} columns, of which texts are taken as categories)`}, and the model takes ${options.features}`,
      'Name the column of the label with --label, and columns that the model does not take with --drop.',
    );
  const features = columns.length;
  const rows = new Float32Array(table.rows.length * features);
  for (const [index, row] of table.rows.entries())
    for (const [order, { at, categories }] of fields.entries()) {
      const cell = row[used[order] ?? 0];
      if (categories !== undefined) rows[index * features + at + categories.indexOf(String(cell))] = 1;
      else if (isNumber(cell)) rows[index * features + at] = Number(cell) * options.scale;
      else
        throw new Problem(
          'usage',
          `${table.place(index)}: column “${fields[order]?.name}” is ${cell === '' ? 'empty' : 'no number'}`,
        );
    }
  return {
    rows,
    count: table.rows.length,
    features,
    columns,
    fields,
    labels:
      own || options.labels === undefined
        ? table.rows.map((row) => row[label] ?? '')
        : labelCells(options.labels, table.rows.length, name),
    table: true,
    dims: [features],
    bytes: false,
    place: table.place,
  };
}

const isNumber = (cell: Cell | undefined): boolean =>
  cell !== undefined && cell !== '' && Number.isFinite(Math.fround(Number(cell)));

/** In the order of their code points, as encoders of libraries have them. */
function categoriesOf(table: Table, at: number, name: string): string[] {
  const found = [...new Set(table.rows.map((row) => String(row[at])))].sort();
  if (found.includes(''))
    throw new Problem(
      'usage',
      `${table.place(table.rows.findIndex((row) => row[at] === ''))}: column “${table.columns[at]}” is empty`,
    );
  if (found.length > MOST_CATEGORIES)
    throw new Problem(
      'usage',
      `column “${table.columns[at]}” of ${name} has more than ${MOST_CATEGORIES} texts: --drop leaves it out`,
    );
  return found;
}

const MOST_CATEGORIES = 1000;

/**
 * The class of each row, as the model counts them.
 *
 * @param names of the classes, in the model's order; without them labels are numbers from 0
 *
 * Throws Problem('usage') that names the row of a label that is no class.
 */
export function classesOf(
  samples: Pick<Samples, 'labels' | 'place'>,
  names: readonly string[] | undefined,
  classes: number,
): Int32Array {
  return Int32Array.from(samples.labels, (cell, row) => {
    const named = names?.indexOf(String(cell)) ?? -1;
    if (named >= 0) return named;
    const number = cell === '' ? Number.NaN : Number(cell);
    if (names === undefined && Number.isInteger(number) && number >= 0 && number < classes) return number;
    throw new Problem(
      'usage',
      `${samples.place(row)}: the label is none of the model’s ${classes} classes${names === undefined ? `, 0 to ${classes - 1}` : ` (${names.join(', ')})`}`,
      names === undefined
        ? 'Name the column with --label, or the classes in the model’s order with --classes.'
        : 'Name the classes in the model’s order with --classes.',
    );
  });
}
