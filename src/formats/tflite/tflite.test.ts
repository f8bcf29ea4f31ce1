import assert from 'node:assert/strict';
import test from 'node:test';
import { rulesOf, scanned } from '../testing.ts';
import { model } from './samples.ts';

test('a model that is cut off anywhere is not clean', async () => {
  const whole = model({ custom: 'TFLite_Detection_PostProcess' })();
  for (let at = 1; at < whole.length - 4; at += 3)
    assert.notEqual((await scanned(whole.subarray(0, at))).verdict, 'clean', `cut at ${at}`);
});

test('bytes that were changed crash nothing', async () => {
  const whole = model({ custom: 'FlexAbs', options: 'Abs' })();
  for (let at = 8; at < whole.length; at++)
    for (const bits of [0x01, 0x80, 0xff]) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ bits;
      assert.ok(!rulesOf(await scanned(changed)).includes('file.reader-failed'), `at ${at}`);
    }
});

test('metadata behind a model is an archive of its own', async () => {
  const name = Buffer.from('labels.txt');
  const text = Buffer.from('cat\ndog\n');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt32LE(0xbcb9ec2e, 14);
  local.writeUInt32LE(text.length, 18);
  local.writeUInt32LE(text.length, 22);
  local.writeUInt16LE(name.length, 26);
  const start = model()();
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  local.copy(central, 16, 14, 26);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt32LE(start.length, 42);
  const end = Buffer.alloc(22);
  const directory = start.length + local.length + name.length + text.length;
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(directory, 16);
  const found = await scanned(Buffer.concat([start, local, name, text, central, name, end]));
  // The sum of this member is made up; nothing else is wrong.
  assert.deepEqual(rulesOf(found), ['zip.checksum']);
  assert.ok(found.parts.some(({ formats }) => formats.includes('tflite')));
});
