import type { Format, Likeness, Sample } from '../format.ts';
import { Cursor, type Source } from '../source.ts';
import { MSGPACK_RULES } from './rules.ts';
import { readValue } from './value.ts';
import { MsgpackWalk } from './walk.ts';

const LONGEST_NAME = 1024;

/** A map whose first name is a plain word. */
function looks(source: Source): Likeness {
  const first = source.read(0, 1)[0] ?? 0;
  const isMap = (first > 0x80 && first < 0x90) || first === 0xde || first === 0xdf;
  if (!isMap) return false;
  const cursor = new Cursor(source, 'map', 0, Math.min(source.size, LONGEST_NAME));
  try {
    readValue(cursor);
    const key = readValue(cursor);
    const isWord =
      (key.is === 'text' || key.is === 'bytes') && /^[\w .:/-]+$/.test(cursor.text(key.length, LONGEST_NAME));
    // Some of these bytes begin a pickle, too, which may go on as one: numbers and texts of so many bytes.
    return isWord && !(first >= 0x8a && first <= 0x8e) ? 'sure' : 'maybe';
  } catch {
    return 'maybe';
  }
}

const text = (value: string) => Buffer.concat([Buffer.of(0xa0 + value.length), Buffer.from(value)]);
const bin = (value: Uint8Array | string) =>
  Buffer.concat([Buffer.of(0xc4, value.length), Buffer.from(value)]);
const extension = (type: number, content: Uint8Array) =>
  Buffer.concat([Buffer.of(0xc7, content.length, type), content]);
const array = (type: string, length: number, bytes: number) =>
  extension(1, Buffer.concat([Buffer.of(0x93, 0x91, length), text(type), bin(new Uint8Array(bytes))]));
const map =
  (...entries: readonly (readonly [string, Uint8Array])[]) =>
  () =>
    Buffer.concat([
      Buffer.of(0x80 + entries.length),
      ...entries.flatMap(([key, value]) => [text(key), value]),
    ]);

const catches = (name: string, rule: string, bytes: () => Uint8Array): Sample => ({
  name,
  bytes,
  rules: [rule],
});

/** Parameters of Flax and JAX models, and other MessagePack with names at the outside. */
export const msgpack: Format = {
  name: 'msgpack',
  title: 'MessagePack',
  rules: Object.values(MSGPACK_RULES),
  looks,
  async read(part) {
    const walk = new MsgpackWalk(part);
    await walk.run();
    part.note({ arrays: walk.arrays });
  },
  proof: {
    catches: [
      catches(
        'objects of msgpack-numpy',
        MSGPACK_RULES.objects.id,
        map(['kind', bin('O')], ['data', bin('x')]),
      ),
      catches('an array of objects', MSGPACK_RULES.objects.id, map(['w', array('object', 1, 8)])),
      catches('a short array', MSGPACK_RULES.size.id, map(['w', array('float32', 4, 8)])),
      catches('an extension', MSGPACK_RULES.extension.id, map(['w', extension(42, Buffer.from('abc'))])),
      catches(
        'a pickle',
        'pickle.dangerous-call',
        map(['w', bin(Buffer.from('\x80\x02cos\nsystem\nU\x02id\x85R.', 'latin1'))]),
      ),
    ],
    passes: [{ name: 'parameters', bytes: map(['kernel', array('float32', 2, 8)], ['step', Buffer.of(3)]) }],
  },
};
