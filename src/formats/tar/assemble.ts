/** A member, with every lie that it may tell. */
export interface Made {
  readonly name: string;
  readonly data?: Uint8Array | string;
  readonly kind?: string;
  readonly link?: string;
  /** What the header says, where that is not what is so. */
  readonly size?: number;
  readonly checksum?: number;
}

/** Puts a tar archive together as it is told, for samples and tests. @param end blocks of zeros behind it */
export function assemble(members: readonly Made[], end = 2): Uint8Array {
  return Buffer.concat([...members.flatMap(parts), new Uint8Array(512 * end)]);
}

function parts({ name, data = '', kind = '0', link = '', size, checksum }: Made): Uint8Array[] {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\x000000000\x000000000\0', 100);
  header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0        ', 136);
  header.write(kind, 156);
  header.write(link, 157, 100);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = checksum ?? header.reduce((a, b) => a + b, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512)];
}

/** An extended header of POSIX. */
export function records(values: Readonly<Record<string, string>>): Made {
  const data = Object.entries(values)
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      let length = rest + 1;
      while (length !== rest + String(length).length) length = rest + String(length).length;
      return `${length} ${key}=${value}\n`;
    })
    .join('');
  return { name: 'pax', kind: 'x', data };
}
