import type { Format, Part } from '../format.ts';
import { begins, inert, sample } from './inert.ts';
import { MEDIA_RULES } from './rules.ts';

const WINDOW = 1 << 18;
const OVERLAP = 64;
/** Names may stand for themselves or by `#` and two digits (ISO 32000-2, 7.3.5). */
const ACTIVE =
  /\/(JavaScript|JS|Launch|OpenAction|AA|EmbeddedFile|SubmitForm|ImportData|RichMedia|XFA)(?![A-Za-z])/g;
/** A document that opens at a page does nothing. */
const QUIET = new Set(['OpenAction', 'AA']);

/** Names of what does something; an action at opening alone only says where to begin. */
async function look(part: Part): Promise<number> {
  const { source } = part;
  const found = new Map<string, number>();
  let end = 0;
  for (let at = 0; at < source.size; at += WINDOW - OVERLAP) {
    const rest = part.pause();
    if (rest) await rest;
    const raw = Buffer.from(source.read(at, WINDOW)).toString('latin1');
    const text = raw.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    for (const [, name = ''] of text.matchAll(ACTIVE)) if (!found.has(name)) found.set(name, at);
    const last = raw.lastIndexOf('%%EOF');
    if (last >= 0) end = at + last + 5;
  }
  for (const [name, at] of found)
    if (!QUIET.has(name))
      part.report({
        rule: MEDIA_RULES.active.id,
        message: `the document has ${name}`,
        range: { start: at, end: Math.min(source.size, at + WINDOW) },
      });
  if (end === 0) return source.size;
  while (end < source.size && /\s/.test(String.fromCharCode(source.read(end, 1)[0] ?? 0))) end++;
  return end;
}

const pdf: Format = inert({
  name: 'pdf',
  title: 'PDF',
  firstBytes: '%',
  looks: (source) => begins(source, '%PDF-') && 'sure',
  walk: look,
  catches: [
    {
      name: 'a script',
      bytes: () =>
        Buffer.from('%PDF-1.4\n1 0 obj <</OpenAction <</S /J#61vaScript /JS (app.alert(1))>>>>\n%%EOF\n'),
      rules: [MEDIA_RULES.active.id],
    },
  ],
  passes: [sample('a document', '%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n%%EOF\n')],
});

const folder: Format = inert({
  name: 'ds-store',
  title: "a folder's view of macOS",
  endless: true,
  firstBytes: '\0',
  looks: (source) => begins(source, '\0\0\0\x01Bud1') && 'sure',
  walk: ({ source }) => source.size,
  passes: [sample('a header', [0, 0, 0, 1], 'Bud1', Array<number>(32).fill(0))],
});

const POINTER =
  /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v1\n(?:[a-z0-9.-]+ .{1,200}\n){0,16}oid sha256:[0-9a-f]{64}\nsize \d{1,18}\n?$/;

const LONGEST_POINTER = 1024;

/** What Git keeps in place of a large file (Git LFS, docs/spec.md): nothing is in it, and nothing was scanned of the file. */
const pointer: Format = {
  name: 'lfs-pointer',
  title: 'a pointer of Git LFS',
  rules: Object.values(MEDIA_RULES),
  firstBytes: 'v',
  looks: (source) =>
    source.size <= LONGEST_POINTER &&
    POINTER.test(Buffer.from(source.read(0, LONGEST_POINTER)).toString('latin1')) &&
    'sure',
  async read({ source, coverage, report }) {
    coverage.claim('parsed', 0, source.size);
    report({
      rule: MEDIA_RULES.pointer.id,
      message: 'it only says where the file is kept: the file itself was not scanned',
      range: { start: 0, end: source.size },
    });
  },
  proof: {
    catches: [
      {
        name: 'a pointer',
        bytes: () =>
          Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`),
        rules: [MEDIA_RULES.pointer.id],
      },
    ],
    passes: [],
  },
};

export const DOCUMENTS: readonly Format[] = [pdf, folder, pointer];
