import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Case } from './case.ts';
import { everywhere, type Refused } from './refused.ts';
import type { Door } from './surfaces.ts';
import { escapeAll } from './text.ts';

const PARSERS = 'Bishop Fox 2021, “An Exploration of JSON Interoperability Vulnerabilities”';
const UTF8 = 'RFC 3629, section 10: invalid and overlong sequences';
const PACKED = 'RFC 9110, section 8.4: bodies that only the next server unpacks';
const EXPANDS = 'CWE-409: a small body that becomes a large one';
const POLLUTED = 'CVE-2019-10744 (lodash): __proto__ as a key';
const PICKLE = 'BentoML CVE-2025-27520, CVE-2025-32375: a content type that is unpickled';

const body = (id: string, origin: string, attack: string | Buffer, benign?: string | Buffer): Refused => ({
  id,
  origin,
  attack: () => ({ body: attack }),
  ...(benign !== undefined && { benign: () => ({ body: benign }) }),
});

const BAD = '"forbidden fruit"';
/** The key before the text. */
const LAST_KEY = /"(\w+)":"forbidden fruit"/;
const BOMB = gzipSync(Buffer.alloc(20_000_000, 0x20));

/** One body, read by two parsers in two ways. */
function parsers({ saying, surface }: Door): readonly Refused[] {
  const bad = saying(BAD);
  const good = saying('"hello"');
  const first = (json: string) => good.replace('{', `{${json},`);
  const [key = ''] = /"\w+"/.exec(good) ?? [];
  const bytesIn = (...bytes: number[]) => {
    const [before = '', after = ''] = saying('"#"').split('#');
    return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
  };
  return [
    body(
      'duplicate key, the last forbidden',
      PARSERS,
      good.replace(/\}$/, `,${bad.slice(1)}`),
      good.replace(/\}$/, `,${good.slice(1)}`),
    ),
    {
      ...body('duplicate key, the first forbidden', PARSERS, bad.replace(/\}$/, `,${good.slice(1)}`)),
      drops: true,
    },
    body(
      'key in escapes',
      PARSERS,
      bad.replace(LAST_KEY, (_, name) => `"${escapeAll(name)}":${BAD}`),
    ),
    body(
      'duplicate key, one in escapes',
      PARSERS,
      bad.replace(LAST_KEY, (_, name) => `"${name}":null,"${escapeAll(name)}":${BAD}`),
    ),
    body('comment', PARSERS, good.replace('{', '{/*"x"*/')),
    body('line comment', PARSERS, good.replace('{', '{//x\n')),
    body('trailing comma', PARSERS, good.replace(/\}$/, ',}')),
    body('two documents', PARSERS, `${good}${bad}`),
    body('two documents on two lines', PARSERS, `${good}\n${bad}`),
    body('single quotes', PARSERS, good.replaceAll('"', "'")),
    body('key without quotes', PARSERS, good.replace(key, key.slice(1, -1))),
    ...['NaN', 'Infinity', '01', '+1', '.5', '1.', '0x1', '-', '1e', 'undefined', 'True'].map((number) =>
      body(`number ${number}`, PARSERS, first(`"temperature":${number}`)),
    ),
    body('number out of range', PARSERS, first('"x":1e400')),
    body('number below range', PARSERS, first('"x":-1e400')),
    body('list at the top', PARSERS, `[${bad}]`),
    body('text at the top', PARSERS, JSON.stringify(good)),
    body('null at the top', PARSERS, 'null'),
    body('nothing', PARSERS, ''),
    body('control character in a string', PARSERS, saying('"a\u0001forbidden fruit"')),
    body('line break in a string', PARSERS, saying('"a\nforbidden fruit"')),
    body('NUL behind the end', PARSERS, `${good}\0`),
    body('form feed between', PARSERS, good.replace('{', '{\f')),
    body('no-break space between', PARSERS, good.replace('{', '{\u00a0')),
    body('bad escape', PARSERS, saying('"\\x66orbidden fruit"')),
    body('byte order mark', 'RFC 8259, section 8.1', `\ufeff${bad}`),
    body('byte order mark, nothing forbidden', 'RFC 8259, section 8.1', `\ufeff${good}`),
    body('UTF-16', 'RFC 8259, section 8.1', Buffer.from(bad, 'utf16le')),
    body('UTF-16 with a mark', 'RFC 8259, section 8.1', Buffer.from(`\ufeff${bad}`, 'utf16le')),
    body('UTF-32', 'RFC 8259, section 8.1', Buffer.from([...bad].flatMap((c) => [c.charCodeAt(0), 0, 0, 0]))),
    body('invalid UTF-8', UTF8, bytesIn(0xff), bytesIn(0xc3, 0xa9)),
    body('overlong UTF-8', UTF8, bytesIn(0xc1, 0xa6)),
    body('surrogates in UTF-8', UTF8, bytesIn(0xed, 0xa0, 0x80)),
    body('beyond Unicode', UTF8, bytesIn(0xf4, 0x90, 0x80, 0x80)),
    body('cut in a character', UTF8, bytesIn(0xe2, 0x82)),
    body(
      'nesting of lists',
      'CWE-674: nesting without a bound',
      first(`"x":${'['.repeat(3000)}${']'.repeat(3000)}`),
    ),
    body(
      'nesting of objects',
      'CWE-674: nesting without a bound',
      first(`"x":${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`),
    ),
    body('nesting without an end', 'CWE-674: nesting without a bound', '['.repeat(200_000)),
    body('__proto__', POLLUTED, first('"__proto__":{"note":"forbidden fruit"}')),
    body('__proto__ in escapes', POLLUTED, first(`"${escapeAll('__proto__')}":{"note":"forbidden fruit"}`)),
    body('constructor.prototype', POLLUTED, first('"constructor":{"prototype":{"a":"forbidden fruit"}}')),
    body(
      'zero-width characters in the word',
      'Goodside 2024, “ASCII smuggling”; Unicode TR 39',
      saying('"forbid\u200bden fr\u2060uit"'),
      saying('"permitted fruit"'),
    ),
    body(
      'soft hyphen in the word',
      'Unicode TR 39',
      saying('"forbid\u00adden fruit"'),
      saying('"co\u00adoperate"'),
    ),
    body(
      'lone surrogate before the word',
      'Unicode 15, section 3.9',
      saying('"\\ud83dforbidden fruit"'),
      // Texts that have no UTF-8 are no tensors.
      surface.predicts ? undefined : saying('"\\ud83d hello"'),
    ),
    body('right-to-left override', 'CVE-2021-42574', saying('"\u202etiurf neddibrof"')),
    body(
      'tag characters',
      'Goodside 2024, “ASCII smuggling”',
      saying('"\u{E0068}\u{E0069}"'),
      saying('"🏴󠁧󠁢󠁥󠁮󠁧󠁿"'),
    ),
  ];
}

function types({ saying, surface }: Door): readonly Refused[] {
  const bad = saying(BAD);
  const good = saying('"hello"');
  const typed = (
    id: string,
    origin: string,
    headers: Record<string, string | undefined>,
    bytes: string | Buffer = good,
  ): Refused => ({ id, origin, attack: () => ({ body: bytes, headers }) });
  const of = (id: string, origin: string, type: string | undefined, bytes?: string | Buffer) =>
    typed(id, origin, { 'content-type': type }, bytes);
  const packed = (name: string, bytes: Buffer, id = `compressed as ${name}`, origin = PACKED) =>
    typed(id, origin, { 'content-encoding': name }, bytes);
  return [
    ...(surface.untyped ? [] : [of('none', 'RFC 9110, section 8.3', undefined)]),
    of('text/plain', 'Fetch standard: a web page may send text/plain anywhere', 'text/plain'),
    of('form', 'Fetch standard: a web page may send forms anywhere', 'application/x-www-form-urlencoded'),
    of('multipart', 'RFC 7578', 'multipart/form-data; boundary=a'),
    of('UTF-7', 'RFC 2152', 'application/json; charset=utf-7'),
    of('UTF-16', 'RFC 2781', 'application/json; charset=utf-16le', Buffer.from(bad, 'utf16le')),
    of('Latin-1', 'RFC 8259, section 8.1', 'application/json; charset=iso-8859-1'),
    of('EBCDIC', 'RFC 8259, section 8.1', 'application/json; charset=ibm037'),
    of('charset twice', 'RFC 9110, section 8.3', 'application/json; charset=utf-8; charset=utf-7'),
    of('charset that is empty', 'RFC 9110, section 8.3', 'application/json; charset='),
    of('two types', 'RFC 9110, section 8.3', 'application/json, text/plain'),
    of('two types, the other way', 'RFC 9110, section 8.3', 'text/plain, application/json'),
    of('a type as a parameter', 'RFC 9110, section 8.3', 'text/plain; x=application/json'),
    of('application/json5', 'RFC 9110, section 8.3', 'application/json5'),
    of('JSON lines', 'RFC 9110, section 8.3', 'application/jsonl', `${good}\n${bad}`),
    of('a suffix', 'RFC 6839', 'application/vnd.api+json'),
    ...['application/x-pickle', 'application/vnd.bentoml+pickle', 'application/octet-stream'].map((type) =>
      of(type, PICKLE, type, Buffer.from('\x80\x04\x95cos\nsystem\n(S"id"\ntR.', 'latin1')),
    ),
    of('protobuf', 'KServe: gRPC beside REST', 'application/grpc'),
    of('MessagePack', 'CWE-436: one body, two readers', 'application/msgpack'),
    packed('gzip', gzipSync(bad)),
    packed('x-gzip', gzipSync(bad)),
    packed('GZIP', gzipSync(good)),
    packed('deflate', deflateSync(bad)),
    packed('br', brotliCompressSync(Buffer.from(bad))),
    packed('zstd', zstdCompressSync(Buffer.from(bad))),
    packed('gzip, gzip', gzipSync(gzipSync(bad))),
    packed('identity, gzip', gzipSync(bad)),
    packed('br', Buffer.from(good), 'compressed in name only'),
    packed('gzip', Buffer.from(good), 'gzip in name only'),
    packed('chunked', Buffer.from(good)),
    packed('gzip', BOMB, 'bomb', EXPANDS),
  ];
}

export const bodyCases: readonly Case[] = [
  ...everywhere('one body, two parsers', parsers),
  ...everywhere('content types', types),
];
