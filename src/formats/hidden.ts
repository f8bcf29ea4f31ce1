import type { Source } from './source.ts';

/** Pickles, archives, programs and arrays. Compressed streams are left out: data that was deleted, or is kept packed, begins so. */
const BEGINNINGS =
  /^(?:\x80[\x02-\x05]|PK\x03\x04|\x7fELF|MZ|#!|\x93NUMPY|\x89HDF|[(\]}]{0,8}[ci][A-Za-z_][\w.]*\n|\(+(?:[dlt]?p\d+\n|[SVUX]))/;

/** Whether what lies where a format keeps only numbers, or nothing, begins like a file that somebody loads. */
export const beginsLikeFile = (source: Source, at: number): boolean =>
  BEGINNINGS.test(Buffer.from(source.read(at, 64)).toString('latin1'));
