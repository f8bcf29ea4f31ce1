import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { SourceDocument, writePath } from './document.ts';
import { Problem } from './problem.ts';

const Closed = { additionalProperties: false };
const Schema = Type.Object(
  {
    count: Type.Optional(Type.Integer({ minimum: 1 })),
    level: Type.Optional(Type.Enum(['info', 'debug'])),
    key: Type.Optional(
      Type.Union([Type.String(), Type.Object({ file: Type.String() }, Closed)], {
        description: 'A text, or { file: PATH }',
      }),
    ),
    list: Type.Optional(Type.Array(Type.Object({ name: Type.String({ minLength: 1 }) }, Closed))),
    guard: Type.Optional(
      Type.Union([
        Type.Object({ use: Type.Literal('bounds'), chars: Type.Optional(Type.Number()) }, Closed),
        Type.Object({ use: Type.Literal('secrets') }, Closed),
      ]),
    ),
    named: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z]+$' }), Type.Number(), {
        ...Closed,
        description: 'lower-case letters',
      }),
    ),
  },
  Closed,
);

function errors(text: string): string[] {
  try {
    const document = SourceDocument.read(text, 'f.yaml');
    document.require(Schema);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.kind, 'usage');
    return error.message.split('\n').slice(1);
  }
  return [];
}

test('every error is named with its line, column and path', () => {
  assert.deepEqual(
    errors('count: 3\nlevel: info\nkey: { file: x }\nlist: [{ name: a }]\nnamed: { a: 1 }\n'),
    [],
  );
  assert.deepEqual(
    errors(
      'count: 0\nlevel: inof\nkey: { fil: x }\nlist:\n  - name: ""\n  - nam: b\nnamed: { A: 1 }\nlisst: 1\n',
    ),
    [
      '  f.yaml:1:8  count: must be >= 1',
      '  f.yaml:2:8  level: must be one of info, debug. Did you mean “info”?',
      '  f.yaml:3:6  key: must have “file”',
      '  f.yaml:3:8  key.fil: is not a known setting. Did you mean “file”?',
      '  f.yaml:5:11  list[0].name: must not have fewer than 1 characters',
      '  f.yaml:6:5  list[1].nam: is not a known setting. Did you mean “name”?',
      '  f.yaml:6:5  list[1]: must have “name”',
      '  f.yaml:7:10  named.A: is not a name that can be used here (lower-case letters)',
      '  f.yaml:8:1  lisst: is not a known setting. Did you mean “list”?',
    ],
  );
  assert.deepEqual(errors('key: 7'), ['  f.yaml:1:6  key: does not fit. A text, or { file: PATH }']);
});

test('of a choice, the branch that was meant is explained', () => {
  assert.deepEqual(errors('guard: { use: bounds, chars: x }'), [
    '  f.yaml:1:30  guard.chars: must be a number',
  ]);
  assert.deepEqual(errors('guard: { use: bonds }'), [
    '  f.yaml:1:15  guard.use: must be one of bounds, secrets. Did you mean “bounds”?',
  ]);
  assert.deepEqual(errors('guard: { chars: 1 }'), ['  f.yaml:1:8  guard: must have “use”']);
});

test('more than eight errors are all found', () => {
  const text = Array.from({ length: 30 }, (_, i) => `wrong${i}: 1`).join('\n');
  assert.equal(errors(text).length, 30);
});

test('an error does not repeat the value, which may be a secret', () => {
  assert.doesNotMatch(errors('count: sk-secret\nkey: [sk-secret]\nnamed: sk-secret').join(), /sk-secret/);
  assert.doesNotMatch(errors('{ key: {sk-secret}sk-secret, "sk-secret').join(), /sk-secret/);
});

test('a mapping of very many keys is read, and its errors and repeated keys are found, in linear time', () => {
  const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1\n`).join('');
  const found = errors(keys);
  assert.match(found[99] ?? '', /^ {2}f\.yaml:100:1 {2}k99/);
  assert.match(found.at(-1) ?? '', /and 49900 more/);
  assert.deepEqual(errors(`${keys}k49998: 2\nlist:\n  - { name: a, name: b }`), [
    '  f.yaml:50001:1  Map keys must be unique',
    '  f.yaml:50003:16  Map keys must be unique',
  ]);
});

test('only plain YAML 1.2 is read', () => {
  const refused = {
    'a key twice': 'count: 1\ncount: 2',
    'a custom tag': 'count: !env X',
    'a YAML 1.1 type': 'key: !!binary aGk=',
    'a merge key': 'a: &a { count: 1 }\n<<: *a',
    'another version': '%YAML 1.1\n---\nkey: yes',
    'two documents': 'count: 1\n---\ncount: 2',
    'a key that is no text': '? [1]\n: 2',
    'a tab': 'list:\n\t- name: a',
    'a dangling alias': 'key: *nowhere',
    'an alias bomb': `a: &a [1,1]\nb: &b [${'*a,'.repeat(20)}]\nc: &c [${'*b,'.repeat(20)}]\nd: [${'*c,'.repeat(20)}]`,
    'endless nesting': '['.repeat(50_000),
    'a document too long': `key: ${'x'.repeat(1024 * 1024)}`,
    'a prototype': '__proto__: { count: 1 }',
  };
  for (const [what, text] of Object.entries(refused)) {
    assert.throws(
      () => {
        const document = SourceDocument.read(text, 'f.yaml');
        document.require(Schema);
      },
      (error) => error instanceof Problem && error.kind === 'usage' && error.message.length < 20_000,
      what,
    );
  }
});

test('yes and no are texts, as YAML 1.2 has them, and an empty document is an empty mapping', () => {
  assert.deepEqual(SourceDocument.read('key: yes', 'f').value, { key: 'yes' });
  assert.deepEqual(SourceDocument.read('# nothing\n', 'f').value, {});
});

test('a path is written as people write it', () => {
  assert.equal(writePath(['roles', 'app', 'allow', 0, 'models']), 'roles.app.allow[0].models');
  assert.equal(writePath(['a b', 1]), '"a b"[1]');
});
