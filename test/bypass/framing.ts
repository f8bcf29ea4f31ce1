import type { Case } from './case.ts';
import type { Lab } from './lab.ts';
import { everywhere, type Refused } from './refused.ts';
import type { Door } from './surfaces.ts';

const SMUGGLING = 'Kettle 2019, “HTTP Desync Attacks”; RFC 9112, section 6.3';
const TWO_CODINGS = 'Kettle 2019, “HTTP Desync Attacks”: transfer-encoding that only one server sees';
const LENGTHS = 'RFC 9112, section 6.3: lengths that two servers read in two ways';
const CHUNKS = 'CVE-2025-66373 and its kin: RFC 9112, section 7.1, sizes of chunks';
const LINES = 'RFC 9112, sections 2.2 and 5: ends of lines, and what stands before a colon';
const OLD = 'RFC 9112, section 2.3: versions of HTTP';
const UPGRADE = 'Nesseler 2020, “h2c Smuggling”; RFC 9113, section 3.1';
const TRAILERS = 'RFC 9110, section 6.5: fields behind the body';

const LIMIT = '\r\n\r\n';
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const chunked = (text: string) => `${chunk(text)}0\r\n\r\n`;

/** Frames that two servers could end at two places; what hides behind them is a request of its own. */
function framing(door: Door): readonly Refused[] {
  const { path } = door;
  const bad = door.saying('"forbidden fruit"');
  const good = door.saying('"hello"');
  const line = (version = 'HTTP/1.1', target = path) => `POST ${target} ${version}\r\n`;
  const fields = (lab: Lab) =>
    `host: localhost\r\nauthorization: Bearer ${lab.gateway.key}\r\ncontent-type: application/json\r\n`;
  const head = (lab: Lab, version?: string) => line(version) + fields(lab);
  const length = (text: string) => `content-length: ${Buffer.byteLength(text)}`;
  const close = 'connection: close\r\n';
  /** Without a credential: only good for whoever is taken for the one before. */
  const hidden = `${line()}host: localhost\r\n${close}content-type: application/json\r\n${length(good)}${LIMIT}${good}`;
  const framed = (id: string, origin: string, rest: string, benign?: string): Refused => ({
    id,
    origin,
    attack: (lab) => ({ raw: head(lab) + rest }),
    ...(benign !== undefined && { benign: (lab) => ({ raw: head(lab) + benign }) }),
  });
  const whole = (id: string, origin: string, raw: (lab: Lab) => string): Refused => ({
    id,
    origin,
    attack: (lab) => ({ raw: raw(lab) }),
  });
  const plain = `${close}${length(good)}${LIMIT}${good}`;
  const coded = (coding: string) => `${close}${coding}${LIMIT}${chunked(good)}`;
  return [
    framed(
      'length and chunks',
      SMUGGLING,
      `content-length: 4\r\n${coded('transfer-encoding: chunked')}`,
      plain,
    ),
    framed(
      'chunks and length',
      SMUGGLING,
      `transfer-encoding: chunked\r\ncontent-length: ${good.length}${LIMIT}0\r\n\r\n${hidden}`,
    ),
    framed('chunks twice', TWO_CODINGS, coded('transfer-encoding: chunked\r\ntransfer-encoding: chunked')),
    ...[
      'xchunked',
      'chunked, identity',
      'identity, chunked',
      'identity',
      'gzip, chunked',
      'chunked, chunked',
      'chunked;q=1',
      '"chunked"',
      '\x0bchunked',
      'chunk\ted',
      'chunked\x00',
      '',
    ].map((coding) =>
      framed(`coding ${JSON.stringify(coding)}`, TWO_CODINGS, coded(`transfer-encoding: ${coding}`)),
    ),
    framed('coding with a space before the colon', TWO_CODINGS, coded('transfer-encoding : chunked')),
    framed('coding on a folded line', TWO_CODINGS, coded('transfer-encoding:\r\n chunked')),
    framed('coding behind a bare line feed', TWO_CODINGS, coded('x: y\ntransfer-encoding: chunked')),
    framed('coding behind a bare carriage return', TWO_CODINGS, coded('x: y\rtransfer-encoding: chunked')),
    framed(
      'coding under another name',
      TWO_CODINGS,
      `transfer_encoding: chunked\r\ncontent-length: 5${LIMIT}0\r\n\r\n${hidden}`,
    ),
    framed('two lengths', LENGTHS, `${close}${length(good)}\r\ncontent-length: 5${LIMIT}${good}`),
    framed('one length twice', LENGTHS, `${close}${length(good)}\r\n${length(good)}${LIMIT}${good}`),
    ...['+5', '-1', '0x5', '5, 5', '5 5', '5;', '', '18446744073709551617', '1e1', '٥'].map((text) =>
      framed(`length ${JSON.stringify(text)}`, LENGTHS, `${close}content-length: ${text}${LIMIT}${good}`),
    ),
    framed('length with a space before the colon', LENGTHS, `${close}content-length : 5${LIMIT}${good}`),
    framed('no length', LENGTHS, `${close}\r\n${good}`),
    ...['0x5', '+5', '-5', ' 5', '5 ', '5_0', 'fffffffffffffffff', 'g', ''].map((size) =>
      framed(
        `chunk of size ${JSON.stringify(size)}`,
        CHUNKS,
        `${close}transfer-encoding: chunked${LIMIT}${size}\r\n{"a":\r\n0\r\n\r\n`,
      ),
    ),
    framed(
      'chunk that is longer than its size',
      CHUNKS,
      `${close}transfer-encoding: chunked${LIMIT}5\r\n${good}\r\n0\r\n\r\n`,
    ),
    framed(
      'chunk ended by a bare line feed',
      CHUNKS,
      `${close}transfer-encoding: chunked${LIMIT}${good.length.toString(16)}\n${good}\n0\n\n`,
    ),
    framed(
      'chunk with an extension that hides a line feed',
      CHUNKS,
      `${close}transfer-encoding: chunked${LIMIT}${good.length.toString(16)};a\n=b\r\n${good}\r\n0\r\n\r\n`,
    ),
    framed(
      'the word over two chunks',
      CHUNKS,
      `${close}transfer-encoding: chunked${LIMIT}${chunk(bad.slice(0, bad.indexOf('bidden')))}${chunked(bad.slice(bad.indexOf('bidden')))}`,
      `${close}transfer-encoding: chunked${LIMIT}${chunk(good.slice(0, 9))}${chunked(good.slice(9))}`,
    ),
    framed('folded header', LINES, `${close}x: a\r\n content-length: 5\r\n${length(good)}${LIMIT}${good}`),
    whole('bare line feeds', LINES, (lab) => (head(lab) + plain).replaceAll('\r\n', '\n')),
    whole('bare carriage returns', LINES, (lab) => (head(lab) + plain).replaceAll('\r\n', '\r')),
    framed('bare line feed in front of a field', LINES, `x: y\n${plain}`),
    framed('NUL in a value', LINES, `x: a\x00b\r\n${plain}`),
    framed('NUL in a name', LINES, `x\x00y: a\r\n${plain}`),
    framed('space in a name', LINES, `content type: a\r\n${plain}`),
    framed('field without a colon', LINES, `nothing\r\n${plain}`),
    framed('field without a name', LINES, `: a\r\n${plain}`),
    whole('space before the first field', LINES, (lab) => `${line()} x: y\r\n${fields(lab)}${plain}`),
    whole('two hosts', 'RFC 9112, section 3.2', (lab) => `${head(lab)}host: example.org\r\n${plain}`),
    whole('no host', 'RFC 9112, section 3.2', (lab) => head(lab).replace('host: localhost\r\n', '') + plain),
    whole(
      'host with a space before the colon',
      'RFC 9112, section 3.2',
      (lab) => head(lab).replace('host:', 'host :') + plain,
    ),
    whole('HTTP/0.9', OLD, () => `POST ${path}${LIMIT}`),
    whole('HTTP/0.9, by GET', OLD, () => `GET /v1/models${LIMIT}`),
    ...['HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.1x', 'HTTP/11', 'ICY/1.0', 'HTTP / 1.1'].map(
      (version) => whole(`version ${version}`, OLD, (lab) => head(lab, version) + plain),
    ),
    whole('chunks in HTTP/1.0', OLD, (lab) => head(lab, 'HTTP/1.0') + coded('transfer-encoding: chunked')),
    whole(
      'no host in HTTP/1.0',
      OLD,
      (lab) => head(lab, 'HTTP/1.0').replace('host: localhost\r\n', '') + plain,
    ),
    whole('HTTP/2 without asking', UPGRADE, () => `PRI * HTTP/2.0${LIMIT}SM${LIMIT}\0\0\0\x04\0\0\0\0\0`),
    framed(
      'upgrade to HTTP/2, and more behind it',
      UPGRADE,
      `connection: close, upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n${length(bad)}${LIMIT}${bad}PRI * HTTP/2.0${LIMIT}SM${LIMIT}`,
    ),
    framed(
      'upgrade to a WebSocket',
      'OpenAI Responses by WebSocket: what no guard reads',
      `connection: close, upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${length(good)}${LIMIT}${good}`,
    ),
    framed('expectation that nobody knows', 'RFC 9110, section 10.1.1', `expect: 200-ok\r\n${plain}`),
    framed(
      'expectation, and the body at once',
      'RFC 9110, section 10.1.1',
      `expect: 100-continue\r\n${close}${length(bad)}${LIMIT}${bad}`,
      `expect: 100-continue\r\n${plain}`,
    ),
    {
      id: 'credential in a trailer',
      origin: TRAILERS,
      attack: (lab) => ({
        raw: `${line()}host: localhost\r\n${close}content-type: application/json\r\ntransfer-encoding: chunked\r\ntrailer: authorization${LIMIT}${chunk(good)}0\r\nauthorization: Bearer ${lab.gateway.key}\r\n\r\n`,
      }),
    },
    framed(
      'guards switched off in a trailer',
      TRAILERS,
      `${close}transfer-encoding: chunked${LIMIT}${chunk(bad)}0\r\nx-guard: off\r\ncontent-length: 5\r\n\r\n`,
      `${close}transfer-encoding: chunked${LIMIT}${chunk(good)}0\r\nx-note: a\r\n\r\n`,
    ),
    framed(
      'a second request in the pipe, without a credential',
      SMUGGLING,
      `${length(bad)}${LIMIT}${bad}${hidden}`,
    ),
    framed('a request in a body', SMUGGLING, `${close}content-length: 0${LIMIT}${hidden}`),
    framed('a request as the body', SMUGGLING, `${close}content-length: ${hidden.length}${LIMIT}${hidden}`),
    whole(
      'more header fields than there may be',
      'CWE-400',
      (lab) => head(lab) + 'x: y\r\n'.repeat(3000) + plain,
    ),
    whole('a header without an end', 'CWE-400', (lab) => `${head(lab)}x: ${'y'.repeat(70_000)}\r\n${plain}`),
  ];
}

export const framingCases: readonly Case[] = everywhere('HTTP framing', framing);
