import type { ScanResult } from '../findings/result.ts';
import type { ReportKind } from './report.ts';

/** Files that are written at once. */
const TOGETHER = 100;

/** As `JSON.stringify` writes it with two spaces. */
function* pieces(result: ScanResult): Iterable<string> {
  const { files } = result;
  const text = `${JSON.stringify({ ...result, files: [] }, null, 2)}\n`;
  // What stands before it are constants, and the version of Gatehouse.
  const at = text.indexOf('"files": []') + '"files": ['.length;
  yield text.slice(0, at);
  for (let i = 0; i < files.length; i += TOGETHER) {
    const some = files.slice(i, i + TOGETHER).map((file) => `\n${JSON.stringify(file, null, 2)}`);
    yield `${i > 0 ? ',' : ''}${some.join(',').replaceAll('\n', '\n    ')}`;
  }
  yield `${files.length > 0 ? '\n  ' : ''}${text.slice(at)}`;
}

/** The result itself, for programs. */
export const json: ReportKind = {
  name: 'json',
  about: 'the whole result, with what was read of every file',
  write: (result) => [...pieces(result)].join(''),
  pieces,
};
