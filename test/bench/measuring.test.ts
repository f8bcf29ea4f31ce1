import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MessageReader } from '../../bench/gateway/http1.ts';
import { StampReader, stampNow } from '../../bench/gateway/stamp.ts';
import { median, quantile, slope } from '../../bench/harness/stats.ts';

/** What a reader makes of bytes that arrive cut at these places. */
function read(bytes: Buffer, cuts: readonly number[]): string[] {
  const seen: string[] = [];
  let body = '';
  const reader = new MessageReader({
    head: (text) => void seen.push(text.split('\r\n', 1)[0] ?? ''),
    body: (chunk) => {
      body += chunk.toString();
    },
    end: () => {
      seen.push(body);
      body = '';
    },
  });
  const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  for (const [index, from] of places.entries())
    reader.push(Buffer.from(bytes.subarray(from, places[index + 1])));
  return seen;
}

describe('the benchmark reads HTTP', () => {
  const wire = Buffer.from(
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain' +
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nstream\r\na;x=1\r\ned in ten.\r\n0\r\nt: 1\r\n\r\n' +
      'HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n',
  );
  const meant = ['HTTP/1.1 200 OK', 'plain', 'HTTP/1.1 200 OK', 'streamed in ten.', 'HTTP/1.1 500 No', ''];

  it('the same wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: wire.length })), (cuts) =>
        assert.deepEqual(read(wire, cuts), meant),
      ),
    );
  });

  it('and refuses what has no length', () => {
    assert.throws(() => read(Buffer.from('HTTP/1.1 200 OK\r\n\r\nuntil the end'), []), /without a length/);
  });
});

describe('stamps', () => {
  it('are found however a gateway cuts the text', () => {
    const text = Array.from({ length: 3 }, stampNow).join('');
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length }), { maxLength: 6 }), (cuts) => {
        const reader = new StampReader();
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const ages = places.flatMap((from, index) => reader.push(text.slice(from, places[index + 1])));
        assert.equal(ages.length, 3);
        assert.ok(ages.every((age) => age >= 0));
      }),
    );
  });

  it('tell when their text was changed', () => {
    assert.throws(() => new StampReader().push(stampNow().replace('tick', '**** tick')), /changed/);
  });
});

describe('statistics', () => {
  it('of few values', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(quantile([5, 1, 4, 2, 3], 0.5), 3);
    assert.equal(quantile([1, 2, 3], 0.99), 3);
    assert.equal(
      slope([
        [0, 1],
        [1, 3],
        [2, 5],
      ]),
      2,
    );
  });
});
