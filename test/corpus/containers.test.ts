import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { FORMATS } from '../../src/formats/index.ts';
import { Bytes } from '../../src/formats/source.ts';
import { Book } from '../../src/lifecycle/scan/calls/book.ts';
import { scanFile } from '../../src/lifecycle/scan/scanner.ts';
import { HOSTILE_CONTAINERS } from './containers.ts';

const READERS = { formats: FORMATS, calls: new Book([]) };

describe('hostile containers', () => {
  for (const { name, mechanism, bytes, reached } of HOSTILE_CONTAINERS)
    it(mechanism, async () => {
      const { verdict, findings } = await scanFile(name, new Bytes(bytes()), READERS);
      assert.equal(verdict, 'findings');
      if (reached)
        assert.ok(
          findings.some(
            ({ rule, severity }) => rule.startsWith('pickle.') && ['high', 'critical'].includes(severity),
          ),
          findings.map(({ rule, message }) => `${rule}: ${message}`).join('\n'),
        );
    });
});

describe('containers that real libraries wrote', () => {
  const folder = new URL('real/containers/', import.meta.url);
  for (const name of readdirSync(folder).filter((file) => !/\.(?:py|md)$/.test(file)))
    it(name, async () => {
      const { verdict, findings, parts } = await scanFile(
        name,
        new Bytes(readFileSync(new URL(name, folder))),
        READERS,
      );
      // The one with a filter that nobody who writes models uses.
      if (name === 'filter.pkl.xz') return assert.equal(verdict, 'findings');
      assert.equal(verdict, 'clean', findings.map(({ rule, message }) => `${rule}: ${message}`).join('\n'));
      for (const { ranges } of parts) assert.ok(ranges.every(({ as }) => as !== 'unread'));
    });
});
