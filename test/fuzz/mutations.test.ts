// The fuzzer itself: it comes to the same inputs again, and finds what is planted.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Refusal } from '../../src/base/refusal.ts';
import { parseJson } from '../../src/wire/json.ts';
import { SseReader } from '../../src/wire/sse.ts';
import { failureOf, fuzz } from './fuzz.ts';
import { mutate } from './mutate.ts';
import { Random, seedOf } from './random.ts';
import { type Opened, pure, type Target } from './target.ts';

const runs = (most: number) => (run: number) => run < most;

const planted = (seed: string, check: Opened['check'], words: readonly string[] = []): Target =>
  pure({ name: 'planted', seeds: () => [seed], words, quick: 0, check });

test('the same seed makes the same inputs, another seed makes others', () => {
  const material = { seeds: [Buffer.from('{"a":[1,"x"]}\nline\n')], words: ['b'], longest: 4096 };
  const inputs = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 300 }, () => mutate(random, material).toString('latin1'));
  };
  assert.deepEqual(inputs(1), inputs(1));
  const [one, two] = [new Set(inputs(1)), new Set(inputs(2))];
  assert.ok(one.size > 200, 'most inputs are different ones');
  assert.ok([...two].filter((input) => !one.has(input)).length > 150);
  for (const input of one) assert.ok(input.length <= 4096);
});

test('cuts lose nothing', () => {
  const text = Buffer.from('any text at all, '.repeat(20));
  for (let seed = 0; seed < 50; seed++) assert.deepEqual(Buffer.concat(new Random(seed).cuts(text)), text);
});

suite('what is planted is found', () => {
  const found = async (target: Target, most = 5000) => {
    const crash = await fuzz(target, { seed: 7, more: runs(most) });
    assert.ok(crash !== undefined, 'nothing was found');
    assert.notEqual(
      await failureOf(await target.open(), crash.input),
      undefined,
      'the small input fails too',
    );
    return crash;
  };

  test('a reader that breaks where an event is cut', async () => {
    const eventsOf = (pieces: readonly Buffer[]) => {
      const reader = new SseReader({ maxEvent: 1 << 16 });
      // Decoding each piece by itself is the usual mistake: characters of several bytes break.
      return pieces.flatMap((piece) => reader.push(Buffer.from(piece.toString('utf8')))).length === 0
        ? pieces.map((piece) => piece.toString('utf8')).join('')
        : '';
    };
    const target = planted('data: \u00e4\u00f6\u00fc', (input, random) => {
      const refused = (act: () => string) => {
        try {
          return act();
        } catch (error) {
          if (error instanceof Refusal) return 'refused';
          throw error;
        }
      };
      assert.equal(
        refused(() => eventsOf(random.cuts(input))),
        refused(() => eventsOf([input])),
      );
    });
    await found(target);
  });

  test('a number that is no number, in a field of a body', async () => {
    const target = planted(
      '{"role":"user","n":1}',
      (input) => {
        let body: unknown;
        try {
          body = parseJson(input, { maxDepth: 8 });
        } catch {
          return;
        }
        String((body as { role?: unknown }).role);
      },
      ['role'],
    );
    const { input } = await found(target, 20_000);
    assert.ok(input.length < 60, `made small: ${input.toString()}`);
  });

  test('a comparison that stops at the first sixteen bytes', async () => {
    const secret = 'sixteen bytes ok, and then some more';
    const target = planted(secret, (input) => {
      const taken =
        input.toString('latin1').startsWith(secret.slice(0, 16)) && input.length === secret.length;
      assert.ok(!taken || input.toString('latin1') === secret);
    });
    await found(target);
  });

  test('a crash of a promise, and the smallest input that does it', async () => {
    const target = planted('aaaa!aaaa?aaaa', async (input) => {
      await Promise.resolve();
      if (input.includes('!') && input.includes('?')) throw new TypeError('both');
    });
    const { input, run } = await found(target);
    assert.equal(run, 0, 'a seed is tried as it is');
    assert.deepEqual([...input.toString()].sort(), ['!', '?']);
  });
});

test('what lies behind many steps is found where each of them shows', async () => {
  const steps = (input: Buffer) => {
    const wanted = Buffer.from('<|>#');
    let at = 0;
    while (at < wanted.length && input[at] === wanted[at]) at++;
    assert.ok(at < wanted.length, 'all the way');
    return `${at} steps`;
  };
  const found = async (check: Opened['check']) =>
    fuzz(planted('xxxx', check), { seed: 7, more: runs(40_000) });
  assert.equal((await found(steps))?.input.toString(), '<|>#');
  assert.equal(await found((input) => void steps(input)), undefined, 'by chance');
});

test('the numbers that a check draws come from its input alone', async () => {
  const drawn: number[] = [];
  const opened: Opened = { check: (_, random) => void drawn.push(random.next()) };
  await failureOf(opened, Buffer.from('x'));
  await failureOf(opened, Buffer.from('y'));
  await failureOf(opened, Buffer.from('x'));
  assert.equal(drawn[0], drawn[2]);
  assert.notEqual(drawn[0], drawn[1]);
  assert.equal(seedOf(Buffer.from('a')), 0xe40c292c, 'FNV-1a of “a”');
});
