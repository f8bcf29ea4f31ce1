import assert from 'node:assert/strict';
import test from 'node:test';
import { rulesOf, scanned } from '../testing.ts';

const rules = async (text: string | Uint8Array, name = 'model.xml') =>
  rulesOf(await scanned(typeof text === 'string' ? Buffer.from(text) : text, name));

test('a billion laughs is told of and never unfolded', async () => {
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
    '',
  );
  assert.deepEqual(
    await rules(`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">${entities}]><a>&l9;</a>`),
    ['xml.entity', 'xml.entity-expansion'],
  );
});

for (const [name, text, rule] of [
  [
    'in single quotes',
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a/>",
    'xml.external-entity',
  ],
  [
    'with a public name',
    '<!DOCTYPE a [<!ENTITY x PUBLIC "a" "http://example.com/">]><a/>',
    'xml.external-entity',
  ],
  [
    'behind a comment with a bracket',
    '<!DOCTYPE a [<!-- ]> --><!ENTITY x SYSTEM "b">]><a/>',
    'xml.external-entity',
  ],
  [
    'without its declaration, by its name',
    '<a><xi:include href="/etc/passwd" parse="text"/></a>',
    'xml.include',
  ],
  ['in CDATA', '<PMML><Extension><![CDATA[os.system("id")]]></Extension></PMML>', 'pmml.code'],
  ['of a class', '<PMML><Apply function="java.lang.Runtime.exec"/></PMML>', 'pmml.java-function'],
  ['with a prefix', '<pmml:PMML><pmml:script>x</pmml:script></pmml:PMML>', 'pmml.code'],
  ['in an attribute twice', '<?xml version="1.0"?><a b="1" b="2"/>', 'xml.malformed'],
  ['after its end', '<?xml version="1.0"?><a/>something', 'xml.malformed'],
  ['in a link with blanks', '<svg><a xlink:href=" java&#10;script:alert(1)"/></svg>', 'xml.script'],
] as const)
  test(`what stands ${name} is found`, async () => {
    assert.ok((await rules(text)).includes(rule), (await rules(text)).join());
  });

test('a declaration of another encoding than it has is told of', async () => {
  assert.deepEqual(await rules('<?xml version="1.0" encoding="UTF-16"?><a/>'), ['xml.encoding']);
  assert.deepEqual(await rules(Buffer.from('<?xml version="1.0" encoding="UTF-8"?><a/>', 'utf16le')), [
    'xml.encoding',
  ]);
  assert.deepEqual(await rules('<?xml version="1.0" encoding="UTF-7"?><a/>'), ['xml.encoding']);
  assert.deepEqual(await rules('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>'), []);
});

test('tags, comments and texts of megabytes are read piece by piece', async () => {
  const long = 'x '.repeat(1 << 20);
  assert.deepEqual(
    await rules(`<?xml version="1.0"?><a><!--${long}--><b>${long}</b><![CDATA[${long}]]></a>`),
    [],
  );
  assert.deepEqual(await rules(`<?xml version="1.0"?><a b="${long}"/>`), ['xml.malformed']);
});

test('a document nested deeper than any breaks off', async () => {
  assert.deepEqual(await rules(`<?xml version="1.0"?>${'<a>'.repeat(5_000)}`), ['xml.malformed']);
});

test('pages of the Web and texts with tags are none of it', async () => {
  assert.deepEqual(await rules('<!DOCTYPE html><html><br></html>', 'README.html'), []);
  assert.deepEqual(await rules('<div align="center">\n# A model\n', 'README.md'), []);
});
