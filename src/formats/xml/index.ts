import type { Format, Likeness, Sample } from '../format.ts';
import type { Source } from '../source.ts';
import { encodingOf } from './encoding.ts';
import { readXml } from './read.ts';
import { XML_RULES as RULES } from './rules.ts';

/** Documents of models begin so even where they do not say that they are XML; pages of the Web and texts with tags do not. */
const BEGINS =
  /^(?:<\?xml[\s?]|<!DOCTYPE\s(?!\s*html)|(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:PMML|net|svg|java|beans|pmml:PMML)[\s>])/i;

const CALLED = /\.(?:xml|pmml|svg|xslt?|xaml)$/i;

function looks(source: Source, name: string): Likeness {
  const encoding = encodingOf(source);
  if (encoding === undefined) return false;
  if (encoding.unread === true) {
    const head = Buffer.from(source.read(0, 200)).toString('latin1').replaceAll('\0', '');
    return /^(?:\xfe\xff|\xff\xfe)?<\?xml|^Lo\xa7\x94|^\+\/v.?\s?<?/i.test(head) && 'sure';
  }
  const text = new TextDecoder(encoding.label).decode(source.read(encoding.mark, 4096)).trimStart();
  if (BEGINS.test(text)) return 'sure';
  return CALLED.test(name) && /^<[a-z]/i.test(text) && 'maybe';
}

const text =
  (content: string, encoding: BufferEncoding = 'utf8') =>
  () =>
    Buffer.from(content, encoding);
const caught = (name: string, content: string, ...rules: readonly { readonly id: string }[]): Sample => ({
  name,
  bytes: text(content),
  rules: rules.map(({ id }) => id),
});
const pmml = (inside: string, before = '') =>
  `<?xml version="1.0"?>${before}<PMML version="4.3"><Header/>${inside}</PMML>`;
const layer = (attributes: string, inside = '') =>
  `<?xml version="1.0"?><net name="n" version="11"><layers><layer id="0" ${attributes}>${inside}</layer></layers></net>`;
const drawing = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`;

/** XML of models: PMML, OpenVINO, and drawings. Own tokens, no entities: nothing is unfolded, and nothing fetched. */
export const xml: Format = {
  name: 'xml',
  title: 'XML',
  rules: Object.values(RULES),
  looks,
  read: readXml,
  proof: {
    catches: [
      caught(
        'a file as an entity',
        pmml('&x;', '<!DOCTYPE PMML [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        RULES.external,
      ),
      caught(
        'a parameter entity',
        pmml('', '<!DOCTYPE PMML [<!ENTITY % x "<!ENTITY y \'z\'>"> %x;]>'),
        RULES.external,
      ),
      caught(
        'a document type elsewhere',
        pmml('', '<!DOCTYPE PMML SYSTEM "http://example.com/x.dtd">'),
        RULES.external,
      ),
      caught(
        'laughs',
        pmml('&b;', '<!DOCTYPE PMML [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'),
        RULES.expansion,
      ),
      caught(
        'an inclusion',
        pmml('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
        RULES.include,
      ),
      caught(
        'a style sheet',
        pmml('', '<?xml-stylesheet type="text/xsl" href="http://example.com/x.xsl"?>'),
        RULES.include,
      ),
      caught(
        'a schema of somebody',
        pmml('<a xsi:schemaLocation="urn:x http://example.com/x.xsd"/>'),
        RULES.include,
      ),
      caught('UTF-7', '<?xml version="1.0" encoding="UTF-7"?>+ADw-PMML+AD4-', RULES.encoding),
      {
        name: 'an entity in UTF-16',
        bytes: text(
          '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
          'utf16le',
        ),
        rules: [RULES.external.id],
      },
      caught(
        'an extension with code',
        pmml('<Extension name="x"><![CDATA[java.lang.Runtime.getRuntime().exec("id")]]></Extension>'),
        RULES.pmmlCode,
      ),
      caught('code in a value', pmml('<Extension name="x" value="&#101;val(atob(1))"/>'), RULES.pmmlCode),
      caught('a class as a function', pmml('<Apply function="com.example.Evil"/>'), RULES.pmmlFunction),
      caught('a custom layer', layer('type="Evil" version="my_ops"'), RULES.layer),
      caught('a layer of any extension', layer('type="Evil" version="extension"'), RULES.layer),
      caught('a layer that is a wrapped operator', layer('type="FrameworkNode" version="util"'), RULES.layer),
      caught('a library', layer('type="Add" version="opset1"', '<data library="../evil.so"/>'), RULES.layer),
      caught(
        'weights before the beginning',
        layer('type="Const" version="opset1"', '<data element_type="f32" offset="-8" size="4"/>'),
        RULES.bounds,
      ),
      caught('a script', drawing('<script>alert(1)</script>'), RULES.script),
      caught('a handler', drawing('<g onload="alert(1)"/>'), RULES.script),
      caught('a link', drawing('<a href="java&#115;cript:alert(1)"/>'), RULES.script),
      caught(
        'objects',
        '<java version="1.8" class="java.beans.XMLDecoder"><object class="java.lang.ProcessBuilder"/></java>',
        RULES.objects,
      ),
      caught('a second document', '<?xml version="1.0"?><a/><b/>', RULES.broken),
      caught('tags that do not match', '<?xml version="1.0"?><a><b></a></b>', RULES.broken),
    ],
    passes: [
      {
        name: 'PMML',
        bytes: text(
          pmml(
            '<DataDictionary><DataField name="x &lt; 1" optype="continuous"/></DataDictionary><DefineFunction name="f"><Apply function="+"><Constant>1</Constant></Apply></DefineFunction>',
          ),
        ),
      },
      {
        name: 'OpenVINO',
        bytes: text(
          layer('type="Const" version="opset1"', '<data element_type="f32" shape="1" offset="0" size="4"/>'),
        ),
      },
      {
        name: 'a drawing',
        bytes: text(
          '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<!-- drawn --><svg width="1"><path d="M 0 0"/></svg>\n',
        ),
      },
      {
        name: 'UTF-16',
        bytes: text('\ufeff<?xml version="1.0" encoding="UTF-16"?><a b="c">d</a>', 'utf16le'),
      },
    ],
  },
};
