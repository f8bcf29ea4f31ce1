import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rulesOf, scanned } from './testing.ts';

const SCRIPT = Buffer.from('#!/bin/sh\necho model\n');

describe('programs', () => {
  it('are told under any name, and are not read', async () => {
    const elf = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'), Buffer.alloc(200)]);
    for (const name of ['pytorch_model.bin', 'libop.so', 'weights']) {
      const { verdict, parts, findings } = await scanned(elf, name);
      assert.equal(verdict, 'findings');
      assert.equal(findings[0]?.severity, 'high');
      assert.ok(parts[0]?.ranges.every(({ as }) => as === 'unread'));
    }
  });

  it('scripts are told under the name of a model', async () => {
    assert.deepEqual(rulesOf(await scanned(SCRIPT, 'model.bin')), ['executable.script']);
    assert.deepEqual(rulesOf(await scanned(Buffer.from('@echo off\r\ndir\r\n'), 'model.pt')), [
      'executable.script',
    ]);
    assert.deepEqual(rulesOf(await scanned(SCRIPT, 'convert.sh')), []);
  });

  it('what begins like one and is none is not', async () => {
    for (const head of ['MZ', 'MZ\x90\0', '\x7fELG', '\0asn', 'dex\n1'])
      assert.ok(
        !rulesOf(await scanned(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(100)]))).includes(
          'executable.program',
        ),
      );
  });
});
