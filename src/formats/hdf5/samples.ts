import type { Sample } from '../format.ts';
import { sequential } from '../keras-samples.ts';
import { SIGNATURE } from './file.ts';
import { HDF5_RULES as RULES } from './rules.ts';

/** A message of an object header of version 2. */
const message = (type: number, ...parts: readonly (Uint8Array | string | number)[]): Uint8Array => {
  const body = join(...parts);
  return Buffer.concat([Uint8Array.of(type, body.length & 255, body.length >> 8, 0), body]);
};

/** Numbers are bytes. */
const join = (...parts: readonly (Uint8Array | string | number)[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === 'number' ? Uint8Array.of(part) : typeof part === 'string' ? Buffer.from(part) : part,
    ),
  );

const u16 = (value: number) => Uint8Array.of(value & 255, value >> 8);
const u32 = (value: number) => Buffer.concat([u16(value & 0xffff), u16(value >>> 16)]);
const u64 = (value: number) => Buffer.concat([u32(value), u32(0)]);
const NONE = new Uint8Array(8).fill(255);

/** An attribute that is a text of fixed length. */
const attribute = (name: string, value: string): Uint8Array => {
  const type = join(0x13, 0, 0, 0, u32(Buffer.byteLength(value)));
  const space = join(2, 0, 0, 0);
  return message(0x0c, 3, 0, u16(name.length + 1), u16(8), u16(4), 0, `${name}\0`, type, space, value);
};

const externalLink = (name: string, file: string): Uint8Array =>
  message(0x06, 1, 8, 64, name.length, name, u16(file.length + 4), `\0${file}\0/\0`);

/** A file whose root group has these messages; datasets have headers of their own, which it links to. */
const file =
  (messages: readonly Uint8Array[], datasets: readonly (readonly Uint8Array[])[] = [], more = '') =>
  () => {
    const header = (list: readonly Uint8Array[]) => {
      const body = Buffer.concat(list);
      return join('OHDR', 2, 1, u16(body.length), body, u32(0));
    };
    const inner = datasets.map(header);
    let at = 48;
    const links = inner.map((one, i) => {
      const link = message(0x06, 1, 0, 2, `d${i}`, u64(at));
      at += one.length;
      return link;
    });
    const root = header([...messages, ...links]);
    const end = at + root.length;
    const start = join(Buffer.from(SIGNATURE, 'latin1'), 2, 8, 8, 0, u64(0), NONE, u64(end), u64(at), u32(0));
    return join(start, ...inner, root, more);
  };

const floats = message(0x03, 0x11, 0x20, 0x1f, 0, u32(4), u16(0), u16(32), 23, 8, 0, 23, u32(127));
const shape = message(0x01, 2, 1, 0, 1, u64(2));
const compact = message(0x08, 3, 0, u16(8), u64(0));
const config = (...layers: object[]) => JSON.stringify(sequential(...layers));

export const CATCHES: readonly Sample[] = [
  {
    name: 'a link to another file',
    bytes: file([externalLink('w', '/etc/x.h5')]),
    rules: [RULES.external.id],
  },
  {
    name: 'a dataset in another file',
    bytes: file(
      [],
      [[shape, floats, message(0x07, 1, 0, 0, 0, u16(1), u16(1), NONE, u64(0), u64(0), u64(8)), compact]],
    ),
    rules: [RULES.storage.id],
  },
  {
    name: 'an unknown filter',
    bytes: file([], [[shape, floats, message(0x0b, 2, 1, u16(4242), u16(0), u16(0), u16(0)), compact]]),
    rules: [RULES.filter.id],
  },
  {
    name: 'a link of its own class',
    bytes: file([message(0x06, 1, 8, 99, 1, 'w', u16(0))]),
    rules: [RULES.link.id],
  },
  {
    name: 'something behind the end',
    bytes: file([], [], '\x80\x02cos\nsystem\n'),
    rules: [RULES.appended.id],
  },
  {
    name: 'a Lambda layer of Keras',
    bytes: file([
      attribute('model_config', config({ class_name: 'Lambda', config: { function: ['4wA=', null] } })),
    ]),
    rules: ['keras.lambda'],
  },
  {
    name: 'a module of Keras’s configuration',
    bytes: file([attribute('model_config', config({ class_name: 'system', module: 'os', config: {} }))]),
    rules: ['keras.dangerous-object'],
  },
  {
    name: 'a configuration under another name',
    bytes: file([attribute('settings', config({ class_name: 'TFSMLayer', config: { filepath: 'x' } }))]),
    rules: ['keras.external-model'],
  },
  {
    name: 'a pickle in an attribute',
    bytes: file([attribute('title', '(cos\nsystem\nS"id"\no.')]),
    rules: ['pickle.dangerous-call'],
  },
  {
    name: 'an address outside',
    bytes: file([message(0x06, 1, 0, 1, 'w', u64(2 ** 30))]),
    rules: ['file.malformed'],
  },
];

export const PASSES: readonly Sample[] = [
  { name: 'an empty file', bytes: file([]) },
  { name: 'a dataset', bytes: file([], [[shape, floats, compact]]) },
  {
    name: 'a model of Keras',
    bytes: file([
      attribute('model_config', config({ class_name: 'Dense', config: { units: 2 } })),
      attribute('keras_version', '2.1.0'),
    ]),
  },
];
