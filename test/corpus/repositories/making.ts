/** A file of a repository: what it is, its name, its content. */
export type File = readonly [what: string, name: string, content: string | Uint8Array];

export const j = (value: unknown): string => JSON.stringify(value, null, 1);

/** A notebook of one cell of code, with what it gave out. */
export const nb = (
  source: string | string[],
  metadata: object = {},
  outputs: readonly unknown[] = [],
): string =>
  j({
    cells: [{ cell_type: 'code', execution_count: 1, metadata: {}, outputs, source }],
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' }, ...metadata },
    nbformat: 4,
    nbformat_minor: 5,
  });

export const u16 = (text: string, little = true, mark = true): Uint8Array => {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
  return little ? bytes : bytes.swap16();
};

export const u32 = (text: string): Uint8Array => {
  const points = [...`\ufeff${text}`];
  const bytes = Buffer.alloc(points.length * 4);
  for (const [i, point] of points.entries()) bytes.writeUInt32LE(point.codePointAt(0) ?? 0, i * 4);
  return bytes;
};

export const l1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Harmless, and never run. */
export const EVIL = 'import os\nos.system("id > /tmp/x")\n';
