import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type JsonPath, type JsonScalar, walkJson } from './json-walk.ts';
import { Bytes, Malformed, type Source } from './source.ts';

/** Gives little at a time, as a file does at the ends of its windows. */
class Crumbs implements Source {
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #most: number;
  constructor(bytes: Uint8Array, most: number) {
    this.#bytes = bytes;
    this.size = bytes.length;
    this.#most = most;
  }
  read(at: number, length: number): Uint8Array {
    return this.#bytes.subarray(at, at + Math.min(length, this.#most));
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function scalars(text: string | Uint8Array, most = 1 << 20): Promise<[JsonPath, JsonScalar][]> {
  const found: [JsonPath, JsonScalar][] = [];
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  await walkJson(new Crumbs(bytes, most), { scalar: (path, value) => void found.push([[...path], value]) });
  return found;
}

function expected(value: unknown, path: JsonPath = []): [JsonPath, JsonScalar][] {
  if (Array.isArray(value)) return value.flatMap((one, i) => expected(one, [...path, i]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) => expected(one, [...path, name]));
  return [[path, value as JsonScalar]];
}

test('what JSON.parse makes of a text, the walk tells, however the bytes come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (value, most, isSpaced) => {
        const text = JSON.stringify(value, null, isSpaced ? 2 : 0);
        const parsed: unknown = JSON.parse(text);
        const key = ([path, one]: [JsonPath, JsonScalar]) => JSON.stringify([path, one]);
        assert.deepEqual((await scalars(text, most)).map(key).sort(), expected(parsed).map(key).sort());
      },
    ),
    { numRuns: 300 },
  );
});

test('any other text is as malformed as JSON.parse says it is', async () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const near = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\',
      '1',
      '-',
      '0',
      'true',
      'nul',
      ' ',
      '"\n"',
      '"',
      '.5',
      '1e5',
    ),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(near, async (pieces) => {
      const text = pieces.join('');
      const read = await scalars(text, 3).then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof Malformed);
          return false;
        },
      );
      assert.equal(read, isJson(text), text);
    }),
    { numRuns: 2000 },
  );
});

test("Python's numbers are read, and names that stand twice are told", async () => {
  const twice: JsonPath[] = [];
  await walkJson(new Bytes(bytesOf('{"a": [NaN, -Infinity, {"b": 1, "\\u0062": 2}], "a": 0}')), {
    twice: (path) => void twice.push([...path]),
  });
  assert.deepEqual(twice, [['a', 2, 'b'], ['a']]);
});

test('depth is bounded, strings are kept in part, and huge ones cost no memory', async () => {
  await assert.rejects(scalars('['.repeat(100_000)), Malformed);
  await assert.rejects(scalars('{"a":'.repeat(100_000)), Malformed);
  const huge = Buffer.alloc((3 << 20) + 2, 'é');
  huge[0] = huge[huge.length - 1] = 0x22;
  const { cut } = await walkJson(new Bytes(huge), {});
  assert.equal(cut, 1);
  await assert.rejects(scalars(Uint8Array.of(0x22, 0xff, 0x22)), Malformed);
  await assert.rejects(scalars('"\\ud83x"'), Malformed);
  await assert.rejects(scalars(''), Malformed);
});
