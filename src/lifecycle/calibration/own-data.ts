import { Problem } from '../../base/problem.ts';
import type { Data } from '../attack/data/read-data.ts';
import { classesOf, labelCells } from '../attack/data/samples.ts';
import type { Cell } from '../attack/data/table.ts';

/** Rows of the owner's, as the model takes them, and what is right of each where that is known. */
export interface OwnData {
  /** [count × features]; what is missing is NaN. */
  readonly rows: Float32Array;
  readonly labels: readonly Cell[] | undefined;
  /** Where a row stands in its file, for messages. */
  place(row: number): string;
}

export interface OwnDataOptions {
  /** Columns that the model does not take. */
  readonly drop: readonly string[];
  /** The column of the right class. The model does not take it; it tells how often the model is right. */
  readonly label?: string | undefined;
  /** The right classes in a file of their own. */
  readonly labels?: Data | undefined;
  /** What every number is multiplied with; undefined: 1/255 for pictures of bytes, else 1. */
  readonly scale: number | undefined;
}

/** The rows of a file as the model takes them. Throws Problem('usage') that names what does not fit. */
export function ownData({ name, content }: Data, features: number, options: OwnDataOptions): OwnData {
  const { drop, label, labels, scale } = options;
  if (content.kind === 'array') {
    const count = content.dims[0] ?? 0;
    const width = content.data.length / (count || 1);
    if (width !== features)
      throw new Problem('usage', `${name} has ${width} numbers a row, and the model takes ${features}`);
    if (label !== undefined)
      throw new Problem('usage', `${name} has no columns`, 'Name the file of the labels with --labels.');
    const factor = scale ?? (content.bytes ? 1 / 255 : 1);
    return {
      rows: Float32Array.from(content.data, (value) => value * factor),
      labels: labels && labelCells(labels, count, name),
      place: (row) => `${name}, row ${row}`,
    };
  }
  const left = label === undefined ? drop : [...drop, label];
  const unknown = left.find((column) => !content.columns.includes(column));
  if (unknown !== undefined) throw new Problem('usage', `${name} has no column “${unknown}”`);
  const used = [...content.columns.keys()].filter((at) => !left.includes(content.columns[at] as string));
  if (used.length !== features)
    throw new Problem(
      'usage',
      `${name} has ${used.length} columns, and the model takes ${features}`,
      'Name the column of the right class with --label, and others that the model does not take with --drop.',
    );
  const rows = new Float32Array(content.rows.length * features);
  for (const [index, row] of content.rows.entries())
    for (const [to, at] of used.entries()) {
      const value = numberIn(row[at]);
      if (value === undefined)
        throw new Problem('usage', `${name}, row ${index + 1}: “${content.columns[at]}” is no number`);
      rows[index * features + to] = value * (scale ?? 1);
    }
  const column = label === undefined ? -1 : content.columns.indexOf(label);
  return {
    rows,
    labels:
      label === undefined
        ? labels && labelCells(labels, content.rows.length, name)
        : content.rows.map((row) => row[column] ?? ''),
    place: content.place,
  };
}

/** The class of each row, as the model counts them; undefined where there are no labels. Throws Problem('usage'). */
export const rightClasses = (
  { labels, place }: OwnData,
  names: readonly string[] | undefined,
  classes: number,
): Int32Array | undefined =>
  labels === undefined ? undefined : classesOf({ labels, place }, names, classes);

/** NaN for a value that is missing; undefined for what is no number. */
function numberIn(cell: Cell | undefined): number | undefined {
  if (cell === undefined || /^(?:nan)?$/i.test(String(cell))) return Number.NaN;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}

/** The mean of each feature, of the values that there are. Throws Problem('usage') for a feature of which there are none. */
export function meansOf(rows: Float32Array, features: number): Float32Array {
  return Float32Array.from({ length: features }, (_, feature) => {
    let [sum, count] = [0, 0];
    for (let at = feature; at < rows.length; at += features)
      if (Number.isFinite(rows[at])) [sum, count] = [sum + (rows[at] as number), count + 1];
    if (count === 0) throw new Problem('usage', `feature ${feature + 1} has no value in any row`);
    return sum / count;
  });
}
