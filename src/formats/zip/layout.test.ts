import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { MARK, marksIn, rulesOf, scanned } from '../testing.ts';
import { type Around, assemble, type Made } from './assemble.ts';

const DATA = 'a/data.pkl';
const TEXT = 'plain text\n';
const text: Made = { name: 'readme.txt', data: TEXT };

async function scan(members: readonly Made[], around?: Around) {
  const result = await scanned(assemble(members, around));
  return { rules: rulesOf(result), marks: marksIn(result), result };
}

describe('members that lie where they should not', () => {
  it('one that is in no directory', async () => {
    const { rules, marks } = await scan([text, { name: 'evil.pkl', data: MARK, listed: false }, text]);
    assert.deepEqual(rules, ['zip.duplicate', 'zip.hidden-member']);
    assert.deepEqual(marks, ['evil.pkl']);
  });

  it('one that is in no directory, whose size stands behind it', async () => {
    const { rules, marks } = await scan([
      {
        name: 'evil.pkl',
        data: deflateRawSync(MARK),
        listed: false,
        says: { flags: 8, method: 8, packed: 0, size: 0, crc: 0 },
      },
      text,
    ]);
    assert.ok(rules.includes('zip.hidden-member'));
    assert.deepEqual(marks, ['evil.pkl']);
  });

  it('one name twice: both are read', async () => {
    const { rules, marks } = await scan([
      { name: DATA, data: MARK },
      { name: DATA, data: TEXT },
    ]);
    assert.deepEqual(rules, ['zip.duplicate']);
    assert.deepEqual(marks, [DATA]);
  });

  for (const other of ['a/DATA.PKL', 'a/ｄata.pkl'])
    it(`one name but for how it is written (${other})`, async () => {
      const { result } = await scan([
        { name: DATA, data: TEXT },
        { name: other, data: MARK },
      ]);
      assert.equal(result.findings.find(({ rule }) => rule === 'zip.duplicate')?.severity, 'high');
    });

  it('two names for the same bytes', async () => {
    const { rules } = await scan([
      { name: 'a', data: MARK },
      { name: 'b', data: TEXT, instead: 0 },
    ]);
    assert.ok(rules.includes('zip.overlap'));
    assert.ok(rules.includes('zip.disagreement'));
  });

  it('one that is not where the directory says', async () => {
    const bytes = Buffer.from(assemble([{ name: 'a', data: MARK }]));
    bytes.write('XX', 0);
    assert.ok(rulesOf(await scanned(bytes)).includes('zip.directory'));
  });
});

describe('bytes that belong to no member', () => {
  it('in front', async () => {
    const { rules, marks } = await scan([text], { prefix: MARK });
    assert.ok(rules.includes('zip.gap') || rules.includes('file.polyglot'), rules.join());
    assert.ok(marks.length > 0);
  });

  it('between', async () => {
    const { rules, marks } = await scan([
      { ...text, behind: MARK },
      { name: 'b', data: TEXT },
    ]);
    assert.deepEqual(rules, ['zip.gap']);
    assert.equal(marks.length, 1);
  });

  it('before the directory, and behind the end', async () => {
    assert.deepEqual((await scan([text], { gap: MARK })).rules, ['zip.gap']);
    const { rules, marks } = await scan([text], { suffix: MARK });
    assert.deepEqual(rules, ['zip.gap']);
    assert.equal(marks.length, 1);
  });

  it('zeros are padding', async () => {
    const { result } = await scan([{ ...text, behind: new Uint8Array(50) }], { suffix: new Uint8Array(50) });
    assert.equal(result.verdict, 'clean');
  });

  it('in a comment', async () => {
    assert.deepEqual((await scan([text], { comment: 'made by nobody' })).rules, []);
    const { marks } = await scan([text], { comment: MARK.toString() });
    assert.deepEqual(marks, ['(comment)']);
  });
});

describe('a directory', () => {
  it('of another count, size or place than the end says', async () => {
    for (const around of [{ count: 0 }, { count: 9 }, { size: 10 }, { disk: 1 }]) {
      const { rules, marks } = await scan([{ name: DATA, data: MARK }, text], around);
      assert.ok(rules.includes('zip.directory'), JSON.stringify(around));
      assert.deepEqual(marks, [DATA], JSON.stringify(around));
    }
  });

  it('that is not there', async () => {
    const whole = assemble([{ name: DATA, data: MARK }, text]);
    const { rules, marks } = await scanned(whole.subarray(0, whole.length - 22)).then((result) => ({
      rules: rulesOf(result),
      marks: marksIn(result),
    }));
    assert.ok(rules.includes('zip.directory'));
    assert.ok(marks.includes(DATA));
  });

  it('of which there are two: one for those who trust the offset, one for those who count back from the end', async () => {
    // The first archive is the prefix of the second: offsets in it are right for PyTorch, and wrong for Python.
    const hidden = assemble([{ name: DATA, data: MARK }]);
    const start = hidden.length - 22 - 46 - DATA.length;
    const bytes = assemble([text], { prefix: hidden.subarray(0, hidden.length - 22), offset: start });
    const result = await scanned(bytes);
    assert.ok(rulesOf(result).includes('zip.directory'));
    assert.ok(marksIn(result).includes(DATA));
  });

  it('of which there are two, each with its end', async () => {
    const first = assemble([{ name: DATA, data: MARK }]);
    const bytes = assemble([text], { prefix: first });
    const result = await scanned(bytes);
    assert.ok(rulesOf(result).includes('zip.directory'));
    assert.ok(marksIn(result).length > 0);
  });

  it('whose archive has something before it, which it does not know of', async () => {
    const whole = assemble([{ name: DATA, data: MARK }]);
    const result = await scanned(Buffer.concat([Buffer.from('#!/bin/sh\n'), whole]));
    assert.ok(rulesOf(result).includes('zip.gap'));
    assert.deepEqual(marksIn(result), [DATA]);
  });

  it('that stands in the comment, where PyTorch takes it', async () => {
    const inner = assemble([{ name: DATA, data: MARK }]);
    const directory = inner.subarray(30 + DATA.length + MARK.length, inner.length - 22);
    const bytes = Buffer.concat([inner.subarray(0, 30 + DATA.length + MARK.length), assemble([text])]);
    const end = bytes.length - 22;
    bytes.writeUInt16LE(directory.length, end + 20);
    bytes.writeUInt32LE(bytes.length, end + 16);
    const result = await scanned(Buffer.concat([bytes, directory]));
    assert.ok(rulesOf(result).includes('zip.directory'));
    assert.ok(marksIn(result).includes(DATA), marksIn(result).join());
  });

  it('at the end of another file is not that file', async () => {
    const { parts } = await scanned(
      Buffer.concat([Buffer.alloc(3000, 'abc '), assemble([text]), Buffer.alloc(512)]),
    );
    assert.ok(!parts[0]?.formats.includes('zip'));
  });
});
