/** The pickle of an empty dictionary, packed by the tools themselves. */
const packed = (base64: string): Uint8Array => Buffer.from(base64, 'base64');

export const BZIP2 = packed('QlpoOTFBWSZTWVXAMiMAAAHQwBAAAAEAAkAAIAAhmmgzTRc8XckU4UJBVwDIjA==');
export const LZ4 = packed('BCJNGGRApwQAAICAAn0uAAAAAI/abUQ=');
export const LZMA = packed('XQAAgAD//////////wBAAIsl0ToP///8PwAA');
export const XZ = packed('/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQADgAJ9LgDX1JLzML3yuwABHARvLJzBH7bzfQEAAAAABFla');
