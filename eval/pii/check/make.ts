import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '../make.ts';
import { quiet } from './quiet.ts';

/** A value and what it is, as the sentences are marked: `[PERSON Anna Berg]`. */
const MARKED = /\[([A-Z_]+) ([^\]]+)\]/g;

/** A sentence without its marks, and where they were. */
function rowOf(line: string): Row {
  const spans: { start: number; end: number; type: string }[] = [];
  let text = '';
  let at = 0;
  for (const match of line.matchAll(MARKED)) {
    const [whole, type = '', value = ''] = match;
    text += line.slice(at, match.index);
    spans.push({ start: text.length, end: text.length + value.length, type });
    text += value;
    at = match.index + whole.length;
  }
  return { text: text + line.slice(at), spans };
}

/**
 * Sentences that were written one by one in the manner of presidio-research, before the tagger had been asked about any of
 * them, and lines of logs, code and numbers.
 */
export function makeCheckRows(negative: number): Row[] {
  const lines = readFileSync(join(import.meta.dirname, 'sentences.txt'), 'utf8')
    .trim()
    .split('\n');
  return [
    ...lines.map((line) => rowOf(line.replaceAll('\\n', '\n'))),
    ...quiet(negative).map((text) => ({ text, spans: [] })),
  ];
}
