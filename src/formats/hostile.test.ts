import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { boosters } from './boosters/index.ts';
import { foreign } from './foreign/index.ts';
import { json } from './json/index.ts';
import { media } from './media/index.ts';
import { r } from './r/index.ts';
import { rulesOf, scanned } from './testing.ts';
import { xml } from './xml/index.ts';

for (const [title, formats] of Object.entries({
  media,
  boosters,
  foreign,
  xml: [xml],
  r: [r],
  json: [json],
})) {
  const files = formats.flatMap(({ proof }) =>
    [...proof.catches, ...proof.passes].map(({ bytes }) => bytes()),
  );
  const change = fc.record({
    which: fc.nat(files.length - 1),
    changes: fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 4 }),
    length: fc.nat(2_000),
    behind: fc.uint8Array({ maxLength: 40 }),
  });

  test(`${title}: files that are changed, cut and lengthened never break a reader`, async () => {
    await fc.assert(
      fc.asyncProperty(change, async ({ which, changes, length, behind }) => {
        const bytes = Buffer.concat([files[which] ?? Buffer.alloc(0), behind]).subarray(0, length + 1);
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        const found = await scanned(bytes, 'sample');
        assert.ok(!rulesOf(found).includes('file.reader-failed'), bytes.toString('base64'));
        // Whatever was not read is told of.
        const unread = found.parts.some(({ ranges }) => ranges.some(({ as }) => as === 'unread'));
        if (unread) assert.notEqual(found.verdict, 'clean');
      }),
      { numRuns: 300 },
    );
  });
}

test('one piece over and over takes no longer than its length, whatever the file is called', async () => {
  const names = [
    'x.json',
    'README.md',
    'x.jinja',
    'environment.yml',
    'setup.cfg',
    'x.pbtxt',
    'x.py',
    'Modelfile',
  ];
  const pieces = [
    '\n',
    '\r',
    '\u2028',
    ' ',
    ' \n',
    '#',
    '\\"',
    "\\'",
    '"',
    "'",
    '`',
    '~',
    '{{',
    '{',
    '[',
    '- ',
    'a.',
  ];
  for (const name of names)
    for (const piece of pieces) {
      const { findings } = await scanned(Buffer.from(`{"a": x\n${piece.repeat(60_000)}`), name);
      assert.ok(!rulesOf({ findings }).includes('file.reader-failed'), `${name} of ${JSON.stringify(piece)}`);
    }
});
