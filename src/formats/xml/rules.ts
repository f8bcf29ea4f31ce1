import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

export const XML_RULES = {
  external: {
    id: 'xml.external-entity',
    title: 'XML that fetches what stands elsewhere',
    severity: 'high',
    about:
      'The document declares an entity or a document type that is read from a file or an address (XXE). Parsers that follow it hand the content of files to whoever made the document, or call addresses inside of your network.',
    advice: 'Do not parse it. A model has no use for a document type.',
    cwe: ['CWE-611', 'CWE-827'],
    ...chain,
    advisories: ['CVE-2018-8014', 'CVE-2022-24839'],
  },
  expansion: {
    id: 'xml.entity-expansion',
    title: 'XML whose entities unfold into one another',
    severity: 'high',
    about:
      'An entity is made of others, each of which may be made of others: a few lines become gigabytes ("billion laughs").',
    advice: 'Do not parse it.',
    cwe: ['CWE-776'],
    ...chain,
  },
  entity: {
    id: 'xml.entity',
    title: 'XML with entities of its own',
    severity: 'low',
    about:
      'The document declares short names for texts. Drawing programs do that for the names of namespaces; models do not.',
    advice: 'Parse it with entities switched off.',
    cwe: ['CWE-776'],
    ...chain,
  },
  include: {
    id: 'xml.include',
    title: 'XML that includes other documents',
    severity: 'high',
    about:
      'An XInclude, a style sheet or a schema is taken from elsewhere when the document is read: from a file, or from an address that somebody else controls. Style sheets (XSLT) run code in some readers.',
    advice: 'Do not parse it with a reader that follows such things.',
    cwe: ['CWE-829', 'CWE-918'],
    ...chain,
  },
  encoding: {
    id: 'xml.encoding',
    title: 'XML in another encoding than it says',
    severity: 'high',
    about:
      'What the document says of its encoding is not so, or is one that hides markup (UTF-7). What one reader takes for text is markup to another.',
    advice: 'Do not parse it. Ask for UTF-8.',
    cwe: ['CWE-436', 'CWE-838'],
    ...chain,
  },
  broken: {
    id: 'xml.malformed',
    title: 'XML that is not well-formed',
    severity: 'medium',
    about:
      'Tags do not match, or something stands where nothing may. Readers that are lenient each make something else of it.',
    advice: 'Get the file again.',
    cwe: ['CWE-20', 'CWE-436'],
    ...chain,
  },
  script: {
    id: 'xml.script',
    title: 'A drawing or a style sheet with code in it',
    severity: 'medium',
    about:
      'The document holds a script, a handler of events or a link that runs code: it runs in the browser of whoever looks at it.',
    advice: 'Do not open it in a browser. Save the drawing anew without scripts.',
    cwe: ['CWE-79', 'CWE-506'],
    ...chain,
  },
  objects: {
    id: 'xml.objects',
    title: 'XML that makes objects of classes',
    severity: 'high',
    about:
      'The document is read by a reader that makes whatever objects it names and calls their methods (XMLDecoder, XStream, Spring, XAML). It names one that starts programs or loads code.',
    advice: 'Do not read it.',
    cwe: ['CWE-502'],
    ...chain,
    advisories: ['CVE-2017-3506', 'CVE-2021-39144'],
  },
  pmmlCode: {
    id: 'pmml.code',
    title: 'PMML with code in it',
    severity: 'high',
    about:
      'PMML is made of rules and numbers. Here an extension, a build task or a function holds what looks like a program, or names what runs one.',
    advice: 'Do not load it. Ask for a model without extensions.',
    cwe: ['CWE-94'],
    ...chain,
  },
  pmmlFunction: {
    id: 'pmml.java-function',
    title: 'PMML that calls a class of Java',
    severity: 'medium',
    about:
      'A function is applied whose name is that of a class. JPMML loads such a class by its name and calls it.',
    advice: 'Find out whose class it is, and whether the model needs it.',
    cwe: ['CWE-470'],
    ...chain,
  },
  layer: {
    id: 'openvino.custom-layer',
    title: 'An OpenVINO model with operators of its own',
    severity: 'medium',
    about:
      'A layer is of none of the operator sets of OpenVINO, or names a library: it runs only with an extension, which is machine code, or Python.',
    advice: 'Take the extension from where its makers publish it, not from beside the model.',
    cwe: ['CWE-829'],
    ...chain,
  },
  bounds: {
    id: 'openvino.bounds',
    title: 'An OpenVINO model whose weights lie nowhere',
    severity: 'medium',
    about: 'Offsets or lengths of weights are negative, or larger than any file.',
    advice: 'Convert the model again.',
    cwe: ['CWE-125', 'CWE-190'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
