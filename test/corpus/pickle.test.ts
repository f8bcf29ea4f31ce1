import assert from 'node:assert/strict';
import test from 'node:test';
import { atLeast } from '../../src/findings/severity.ts';
import { pickle } from '../../src/formats/pickle/index.ts';
import { Bytes } from '../../src/formats/source.ts';
import { Book } from '../../src/lifecycle/scan/calls/book.ts';
import { scanFile } from '../../src/lifecycle/scan/scanner.ts';
import { DISGUISES } from './pickle-disguises.ts';
import { MECHANISMS } from './pickle-mechanisms.ts';
import { MISUSES } from './pickle-misuse.ts';

const readers = { formats: [pickle], calls: new Book() };
const scan = (bytes: Uint8Array) => scanFile('x', new Bytes(bytes), readers);

for (const { name, bytes, finds } of [...MECHANISMS, ...DISGUISES, ...MISUSES]) {
  test(`a pickle that hides a call is found: ${name}`, async () => {
    const { findings, verdict } = await scan(bytes);
    assert.equal(verdict, 'findings');
    const names = findings
      .filter(({ severity }) => atLeast(severity, 'medium'))
      .map(({ rule, evidence = {} }) => `${rule} ${evidence.call ?? evidence.name ?? ''}`);
    assert.ok(
      names.some((one) => one.includes(finds)),
      `${finds} is not in ${JSON.stringify(names)}`,
    );
  });
}
