import { isObject, type Json } from '../../../base/json.ts';
import { Problem } from '../../../base/problem.ts';

export type Cell = string | number;

/** Rows of named columns. */
export interface Table {
  readonly kind: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Where a row stands, for messages: `data.csv:12`. */
  place(row: number): string;
}

/** CSV with a header (RFC 4180). Throws Problem('usage') that names the line. */
export function parseCsv(text: string, file: string, most: number): Table {
  const rows: string[][] = [];
  const lines: number[] = [];
  let [at, line] = [text.startsWith('\ufeff') ? 1 : 0, 1];
  while (at < text.length && rows.length <= most) {
    const start = line;
    const row: string[] = [];
    for (let open = true; open; ) {
      let cell = '';
      if (text[at] === '"') {
        const parts: string[] = [];
        for (let from = at + 1; ; from = at + 1) {
          const end = text.indexOf('"', from);
          if (end < 0) throw new Problem('usage', `${file}:${start}: a quotation mark is never closed`);
          parts.push(text.slice(from, end));
          at = end + 1;
          if (text[at] !== '"') break;
        }
        cell = parts.join('"');
        line += cell.split('\n').length - 1;
        if (at < text.length && !',\r\n'.includes(text[at] ?? ''))
          throw new Problem('usage', `${file}:${start}: something follows a closed quotation mark`);
      } else {
        const from = at;
        while (at < text.length && !',\n'.includes(text[at] ?? '')) at++;
        cell = text.slice(from, at).trim();
      }
      row.push(cell);
      if (text[at] === '\r') at++;
      open = text[at] === ',';
      at++;
    }
    line += 1;
    if (row.length === 1 && row[0] === '') continue;
    rows.push(row);
    lines.push(start);
  }
  const [columns, ...body] = rows;
  if (columns === undefined || body.length === 0)
    throw new Problem(
      'usage',
      `${file} has no rows: a line with the names of the columns, then a line for each row`,
    );
  for (const [index, row] of body.entries())
    if (row.length !== columns.length)
      throw new Problem(
        'usage',
        `${file}:${lines[index + 1]}: ${row.length} cells, and there are ${columns.length} columns`,
      );
  unique(columns, file);
  return { kind: 'table', columns, rows: body, place: (row) => `${file}:${lines[row + 1]}` };
}

/** One JSON object a line, all with the same members. Throws Problem('usage') that names the line. */
export function parseJsonLines(text: string, file: string, most: number): Table {
  const rows: Cell[][] = [];
  const lines: number[] = [];
  let columns: string[] | undefined;
  let line = 0;
  for (let from = 0; from < text.length && rows.length < most; ) {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    const source = text.slice(from, end).trim();
    [from, line] = [end + 1, line + 1];
    if (source === '') continue;
    const fail = (why: string): never => {
      throw new Problem('usage', `${file}:${line}: ${why}`);
    };
    const row = objectOf(source) ?? fail('no JSON object');
    columns ??= Object.keys(row);
    const missing = columns.find((name) => !Object.hasOwn(row, name));
    if (missing !== undefined) fail(`it has no “${missing}”, which the first row has`);
    const more = Object.keys(row).find((name) => columns?.includes(name) === false);
    if (more !== undefined) fail(`it has “${more}”, which the first row has not`);
    rows.push(
      columns.map((name) => {
        const cell = row[name];
        if (typeof cell === 'boolean') return Number(cell);
        return typeof cell === 'string' || typeof cell === 'number'
          ? cell
          : fail(`“${name}” is neither a number nor a text`);
      }),
    );
    lines.push(line);
  }
  if (columns === undefined) throw new Problem('usage', `${file} has no rows: a JSON object a line`);
  return { kind: 'table', columns, rows, place: (row) => `${file}:${lines[row]}` };
}

function objectOf(source: string): { [key: string]: Json } | undefined {
  try {
    const value = JSON.parse(source) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function unique(columns: readonly string[], file: string): void {
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) throw new Problem('usage', `${file} has two columns “${twice}”`);
}
