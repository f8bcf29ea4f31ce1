import type { Sample } from '../format.ts';
import { R_RULES as RULES } from './rules.ts';

const int = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const char = (text: string) => Buffer.concat([int(0x40009), int(text.length), Buffer.from(text)]);
const symbol = (name: string) => Buffer.concat([int(1), char(name)]);
const string = (...texts: readonly string[]) =>
  Buffer.concat([int(16), int(texts.length), ...texts.map(char)]);
const NULL = int(254);
const UNBOUND = int(252);
const GLOBAL = int(253);
const call = (name: Uint8Array, ...given: readonly Uint8Array[]) =>
  Buffer.concat([int(6), name, ...given.flatMap((one) => [int(2), one]), NULL]);
const promise = (expression: Uint8Array, value: Uint8Array = UNBOUND) =>
  Buffer.concat([int(5 | 0x400), GLOBAL, value, expression]);
const closure = (body: Uint8Array) => Buffer.concat([int(3 | 0x400), GLOBAL, NULL, body]);
const rds =
  (object: Uint8Array, before = '') =>
  () =>
    Buffer.concat([
      Buffer.from(`${before}X\n`),
      int(3),
      int(0x40202),
      int(0x30500),
      int(5),
      Buffer.from('UTF-8'),
      object,
    ]);
const caught = (name: string, object: Uint8Array, ...rules: readonly { readonly id: string }[]): Sample => ({
  name,
  bytes: rds(object),
  rules: rules.map(({ id }) => id),
});

const SYSTEM = call(symbol('system'), string('id'));

export const CATCHES: readonly Sample[] = [
  caught('a promise (CVE-2024-27322)', promise(SYSTEM), RULES.promise, RULES.call),
  {
    name: 'a promise in a workspace',
    bytes: rds(
      Buffer.concat([int(2 | 0x400), symbol('x'), promise(call(symbol('mean'), string('1'))), NULL]),
      'RDX3\n',
    ),
    rules: [RULES.promise.id],
  },
  {
    name: 'a promise in ASCII',
    bytes: () =>
      Buffer.from(
        'A\n3\n262658\n197888\n5\nUTF-8\n1029\n253\n252\n6\n1\n262153\n6\nsys\\164em\n2\n16\n1\n262153\n2\nid\n254\n',
      ),
    rules: [RULES.promise.id, RULES.call.id],
  },
  caught('a call', SYSTEM, RULES.call),
  caught(
    'a call by its package',
    call(call(symbol('::'), symbol('base'), symbol('system2')), string('id')),
    RULES.call,
  ),
  caught('a call by another', call(symbol('do.call'), string('system'), string('id')), RULES.call),
  caught('a call of what is got', call(call(symbol('get'), string('system')), string('id')), RULES.call),
  caught('a function', closure(SYSTEM), RULES.call),
  caught('text as code', closure(call(symbol('eval'), call(symbol('parse'), string('1')))), RULES.hidden),
  caught(
    'a call of a package',
    call(call(symbol('::'), symbol('httr'), symbol('POST')), string('http://example.com')),
    RULES.call,
  ),
  caught(
    'a file that is run later',
    closure(call(symbol('writeLines'), string('x'), string('~/.Rprofile'))),
    RULES.call,
  ),
  caught(
    'packed code',
    closure(call(symbol('eval'), call(symbol('unserialize'), symbol('x')))),
    RULES.hidden,
  ),
  {
    name: 'a hook of a workspace',
    bytes: rds(Buffer.concat([int(2 | 0x400), symbol('.First'), closure(call(symbol('f'))), NULL]), 'RDX3\n'),
    rules: [RULES.hook.id],
  },
  caught(
    'bytecode',
    Buffer.concat([int(21), int(1), int(13), int(0), int(1), int(1), symbol('system')]),
    RULES.call,
  ),
  caught(
    'a vector of a package',
    Buffer.concat([
      int(238),
      int(2),
      symbol('mmap_real'),
      int(2),
      symbol('evil'),
      int(2),
      int(13),
      int(1),
      int(14),
      NULL,
      string('/etc/passwd'),
      NULL,
    ]),
    RULES.altrep,
  ),
  caught('a name for a hook', Buffer.concat([int(247), int(0), int(1), char('x')]), RULES.persistent),
  caught('a length beyond the file', Buffer.concat([int(14), int(1 << 30)]), RULES.bounds),
  caught('a reference to nothing', int(0x5ff), RULES.bounds),
  {
    name: 'something behind the end',
    bytes: () => Buffer.concat([rds(NULL)(), Buffer.from('something')]),
    rules: [RULES.trailing.id],
  },
];

export const PASSES: readonly Sample[] = [
  { name: 'texts', bytes: rds(string('a', 'b')) },
  {
    name: 'a list',
    bytes: rds(
      Buffer.concat([
        int(19 | 0x200),
        int(1),
        string('a'),
        int(2 | 0x400),
        symbol('names'),
        string('x'),
        NULL,
      ]),
    ),
  },
  { name: 'a call of a model', bytes: rds(call(symbol('lm'), call(symbol('~'), symbol('y'), symbol('x')))) },
  { name: 'a function', bytes: rds(closure(call(symbol('exp'), symbol('eta')))) },
  { name: 'a promise with its value', bytes: rds(promise(symbol('x'), string('a'))) },
  { name: 'ASCII', bytes: () => Buffer.from('A\n2\n262658\n131840\n14\n3\n1.5\nNA\n-Inf\n') },
];
