import type { Rule } from '../findings/rule.ts';
import type { Format, Part, Sample } from './format.ts';
import type { Source } from './source.ts';

const about =
  'Archives of this kind are not read, so nobody knows what is in it. Malicious models have been packed this way because scanners do not look inside ("nullifAI", 2025).';
const kind = {
  about,
  cwe: ['CWE-693'],
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003'],
} as const;

const SEALED_RULES = {
  unread: {
    id: 'archive.unread',
    title: 'An archive of a kind that is not read',
    severity: 'medium',
    advice: 'Unpack it where nothing can happen, and scan what is in it.',
    ...kind,
  },
  disguised: {
    id: 'archive.disguised',
    title: 'An archive of a kind that is not read, under another name',
    severity: 'high',
    advice: 'Do not load it: no library for models writes this, so somebody has packed it anew.',
    ...kind,
  },
} as const satisfies Record<string, Rule>;

interface Kind {
  readonly title: string;
  readonly magic: string;
  readonly at?: number;
  readonly endings: RegExp;
}

const KINDS: readonly Kind[] = [
  { title: '7-Zip', magic: '7z\xbc\xaf\x27\x1c', endings: /\.(?:7z|cb7)(?:\.\d{3})?$/i },
  { title: 'RAR', magic: 'Rar!\x1a\x07', endings: /\.(?:rar|cbr|r\d\d)$/i },
  { title: 'a Windows cabinet', magic: 'MSCF\0\0\0\0', endings: /\.(?:cab|msu)$/i },
  { title: 'an image of a CD', magic: 'CD001', at: 0x8001, endings: /\.iso$/i },
  { title: 'an Apple disk image', magic: 'koly', at: -512, endings: /\.dmg$/i },
  { title: 'XAR', magic: 'xar!\0\x1c', endings: /\.(?:xar|pkg)$/i },
  { title: 'ARJ', magic: '\x60\xea', endings: /\.arj$/i },
  { title: 'LHA', magic: '-lh', at: 2, endings: /\.(?:lha|lzh)$/i },
  { title: 'ACE', magic: '**ACE**', at: 7, endings: /\.ace$/i },
  { title: 'cpio', magic: '070701', endings: /\.cpio$/i },
  { title: 'cpio', magic: '070707', endings: /\.cpio$/i },
  { title: 'ar or a Debian package', magic: '!<arch>\n', endings: /\.(?:a|ar|deb|lib)$/i },
  { title: 'an RPM package', magic: '\xed\xab\xee\xdb', endings: /\.rpm$/i },
  { title: 'SquashFS', magic: 'hsqs', endings: /\.(?:squashfs|sqfs|sfs|snap)$/i },
  { title: 'lzip', magic: 'LZIP\x01', endings: /\.lz$/i },
  { title: 'lzop', magic: '\x89LZO\0\r\n\x1a\n', endings: /\.lzo$/i },
  { title: 'Snappy', magic: '\xff\x06\0\0sNaPpY', endings: /\.(?:sz|snappy)$/i },
  { title: 'compress', magic: '\x1f\x9d', endings: /\.z$/i },
  { title: 'Brotli in a frame', magic: '\xce\xb2\xcf\x81', endings: /\.br$/i },
];

/** Two bytes are no magic number: only with the name. */
const SHORT = 4;

function kindOf(source: Source, name: string): Kind | undefined {
  const head = latin1(source.read(0, 16));
  return KINDS.find(({ magic, at = 0, endings }) => {
    if (magic.length < SHORT && !endings.test(name)) return false;
    if (at >= 0 && at + magic.length <= 16) return head.startsWith(magic, at);
    const from = at < 0 ? source.size + at : at;
    return from >= 0 && latin1(source.read(from, magic.length)) === magic;
  });
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

async function read(part: Part): Promise<void> {
  const { source, coverage, path } = part;
  const name = path.at(-1) ?? '';
  const found = kindOf(source, name);
  const title = found?.title ?? 'an archive';
  const rule = found?.endings.test(name) === true ? SEALED_RULES.unread : SEALED_RULES.disguised;
  part.report({
    rule: rule.id,
    message: `it is ${title}, which is not read`,
    range: { start: 0, end: source.size },
  });
  coverage.claim('unread', 0, source.size, `it is ${title}, which is not read`);
}

const catches = (name: string, magic: string): Sample => ({
  name,
  bytes: () => Buffer.concat([Buffer.from(magic, 'latin1'), new Uint8Array(32)]),
  rules: [SEALED_RULES.disguised.id],
});

/** Archives that are known and not read: 7-Zip, RAR, cabinets, disk images. */
export const sealedArchive: Format = {
  name: 'sealed-archive',
  title: 'an archive that is not read',
  rules: Object.values(SEALED_RULES),
  looks: (source, name) => kindOf(source, name) !== undefined && 'sure',
  read,
  proof: {
    catches: [catches('7-Zip', '7z\xbc\xaf\x27\x1c\0\x04'), catches('RAR', 'Rar!\x1a\x07\x01\0')],
    passes: [],
  },
};
