import type { Range } from '../../findings/finding.ts';
import { shown } from '../../findings/finding.ts';
import type { Report } from '../format.ts';
import { hostileIn } from '../shell-commands.ts';
import { XML_RULES as RULES } from './rules.ts';

/** An element, and those that it is in. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly path: readonly string[];
}

/** Looks at elements and texts of documents of one kind, by the name of the outermost. */
export interface Look {
  readonly roots: readonly string[];
  element?(element: Element): Report | undefined;
  /** Where in the file of the same name ending in `.bin` numbers lie. */
  weights?(element: Element): Range | undefined;
  /** @param path of the element that it stands in */
  text?(text: string, path: readonly string[]): Report | undefined;
}

const CODE =
  /(?:<\s*script\b|javascript:|\beval\s*\(|\bexec\s*\(|__import__|\bos\.(?:system|popen)|\bsubprocess\b|Runtime\s*\.\s*getRuntime|ProcessBuilder|\bjava\.lang\.\w|ScriptEngine|Class\.forName|\bpowershell\b|cmd\.exe|\/bin\/(?:ba)?sh\b|\bcurl\s+\S|\bwget\s+\S|\bbase64\s*\.|\bpickle\.loads?|new\s+Function\s*\(|require\s*\(\s*['"]child_process|\bWScript\.|\bSystem\.Diagnostics\b|\bimport\s+(?:os|subprocess|socket|sys)\b|\b(?:python|groovy|ruby|perl)\s+-[ce]\b|\bsystem\s*\(|#!\s*\/)/i;
const HOLDS_CODE = /^(?:Extension|MiningBuildTask|DefineFunction|script|Script|code|Code)$/;
const PMML_ATTRIBUTES = /^(?:value|extender|name|href|script|code)$/;

const pmml: Look = {
  roots: ['PMML'],
  element({ name, attributes, path }) {
    const applied = name === 'Apply' || name === 'DefineFunction' ? (attributes.get('function') ?? '') : '';
    if (/^[a-zA-Z_$][\w$]*(?:\.[a-zA-Z_$][\w$]*){2,}$/.test(applied))
      return {
        rule: RULES.pmmlFunction.id,
        message: `the function ${shown(applied, 80)} is a class of Java`,
        evidence: { function: shown(applied, 200) },
        ...(CODE.test(`${applied}.`) && { severity: 'high' }),
      };
    if (/^(?:\w+:)?script$/i.test(name))
      return { rule: RULES.pmmlCode.id, message: 'there is a script in it' };
    for (const [key, value] of attributes)
      if ((PMML_ATTRIBUTES.test(key) || path.some(isCode)) && CODE.test(value))
        return {
          rule: RULES.pmmlCode.id,
          message: `${shown(name, 40)} has code in ${key}: ${shown(value, 80)}`,
        };
    return undefined;
  },
  text(text, path) {
    const found = path.some(isCode) ? CODE.exec(text) : null;
    return found === null
      ? undefined
      : {
          rule: RULES.pmmlCode.id,
          message: `in ${shown(path.at(-1) ?? '', 40)} there is code: ${shown(found[0], 80)}`,
        };
  },
};

const isCode = (name: string): boolean => HOLDS_CODE.test(name);

/** Sets of operators that OpenVINO has, and those of its converters. */
const OPSET =
  /^(?:opset\d{1,2}|experimental|extension|ie_internal_opset|type_relaxed_opset|SubgraphOpset|SnippetsOpset|gpu_opset|cpu_plugin_opset|util|deprecated)$/;
/** What tokenizers of OpenVINO bring, which are published beside thousands of models; their set is that of any extension. */
const TOKENIZERS =
  /^(?:StringTensor(?:Pack|Unpack)|StringToHashBucket|Ragged\w{2,20}|FuzeRagged|EqualStr|RegexNormalization|RegexSplit|SpecialTokensSplit|CombineSegments|(?:BPE|Wordpiece|WordPiece|Unigram|WordLevel|Trie|Sentencepiece)Tokenizer|Sentencepiece(?:Stream)?Detokenizer|BytesToChars|CharsToBytes|CharsMapNormalization|UTF8Validate|Vocab(?:Encoder|Decoder|StreamDecoder)|CaseFold(?:UTF8)?|Normaliz(?:eUnicode|ationNFKC)|NormalizeUTF8|TrieTokenizer|TextPack|TruncateRagged|Truncate|StreamVocabDecoder)$/;
/** Sets of operators that anybody's extension is of. */
const EXTENSION = /^(?:extension|experimental|util)$/;
const SUSPECT = /Shell|Exec|System|Python|File|Command|Script|Process|Http|Download|FrameworkNode/;
const LIBRARY = /\.(?:so(?:\.\d+)*|dll|dylib|pyd|py|cl|exe)$/i;
const NUMBERS = ['offset', 'size'];

const openvino: Look = {
  roots: ['net', 'Net'],
  weights({ name, attributes, path }) {
    // Of version 10 and on constants; of those before whatever has weights.
    const isOld = /^(?:weights|biases|custom)$/.test(name);
    if (!(name === 'data' || isOld) || !path.includes('layer')) return undefined;
    const [start, size] = NUMBERS.map((key) => Number(attributes.get(key) ?? Number.NaN)) as [number, number];
    return Number.isSafeInteger(start + size) ? { start, end: start + size } : undefined;
  },
  element({ name, attributes, path }) {
    for (const [key, value] of attributes)
      if (LIBRARY.test(value) && key !== 'name')
        return {
          rule: RULES.layer.id,
          severity: 'high',
          message: `${shown(name, 40)} names a library: ${shown(value, 80)}`,
          evidence: { library: shown(value, 200) },
        };
    if (/^(?:CustomLayer|kernel|extension|library|script|python)$/i.test(name))
      return { rule: RULES.layer.id, message: `there is an element ${shown(name, 40)} in it` };
    if (name === 'layer') {
      const set = attributes.get('version');
      const type = attributes.get('type') ?? '';
      const isExtension = set !== undefined && EXTENSION.test(set) && !TOKENIZERS.test(type);
      if (
        (set !== undefined && !OPSET.test(set)) ||
        isExtension ||
        SUSPECT.test(type) ||
        /^(?:custom|python|pyop|script)/i.test(type)
      )
        return {
          rule: RULES.layer.id,
          message: `the layer ${shown(type, 60)} is of ${shown(set ?? 'no set', 60)}`,
          evidence: { type: shown(type, 100), set: shown(set ?? '', 100) },
        };
    }
    const place = attributes.get('path') ?? attributes.get('file') ?? '';
    if (path.includes('layer') && /^(?:[\\/~]|[A-Za-z]:|[a-z]+:\/\/)|(?:^|[\\/])\.\.[\\/]/.test(place))
      return { rule: RULES.bounds.id, message: `weights are taken from ${shown(place, 80)}` };
    if (name === 'data' && path.includes('layer') && attributes.has('element_type'))
      for (const key of NUMBERS) {
        const value = attributes.get(key);
        if (value !== undefined && !/^\d{1,15}$/.test(value))
          return { rule: RULES.bounds.id, message: `the ${key} of weights is ${shown(value, 40)}` };
      }
    return undefined;
  },
};

const svg: Look = {
  roots: ['svg', 'svg:svg'],
  element({ name, attributes }) {
    const plain = name.replace(/^.*:/, '').toLowerCase();
    if (['script', 'iframe', 'object', 'embed', 'handler', 'listener'].includes(plain))
      return { rule: RULES.script.id, message: `there is a ${shown(plain, 20)} in the drawing` };
    for (const [key, value] of attributes) {
      const attribute = key.replace(/^.*:/, '').toLowerCase();
      if (/^on[a-z]{3,}$/.test(attribute))
        return { rule: RULES.script.id, message: `the drawing has a handler, ${shown(attribute, 30)}` };
      // Browsers leave out controls and blanks before they look for the scheme.
      const address = value.replace(/[\u0000-\u0020]/g, '').toLowerCase();
      if (/^(?:javascript|vbscript):|^data:(?:text\/html|application\/xhtml|image\/svg)/.test(address))
        return { rule: RULES.script.id, message: `a link of the drawing runs code: ${shown(value, 60)}` };
      if (
        (plain === 'use' || plain === 'image' || plain === 'feimage') &&
        attribute === 'href' &&
        /^(?:https?:|ftp:|file:|\/\/)/.test(address)
      )
        return {
          rule: RULES.script.id,
          severity: 'low',
          message: `the drawing fetches ${shown(value, 80)}`,
        };
    }
    return undefined;
  },
};

const GADGET =
  /ProcessBuilder|(?:ClassPath|FileSystem)XmlApplicationContext|insertFromJNDI|java\.lang\.Runtime|MethodInvokingFactoryBean|ScriptEngine|JdbcRowSet|TemplatesImpl|URLClassLoader|ObjectDataProvider|System\.Diagnostics|ImageIO\$ContainsFilter|InvokerTransformer|InitialContext|groovy\./;

/** Readers that make objects of what a document names; every document is looked at, for its root may be anything. */
const objects: Look = {
  roots: [],
  element({ name, attributes, path }) {
    if (
      GADGET.test(name) ||
      (path.length === 0 && name === 'java' && /XMLDecoder/.test(attributes.get('class') ?? ''))
    )
      return { rule: RULES.objects.id, message: `it makes an object: ${shown(name, 60)}` };
    for (const [key, value] of attributes) {
      if (/^(?:class|type|factory-method|ObjectType|resolves-to|interface)$/.test(key) && GADGET.test(value))
        return { rule: RULES.objects.id, message: `it makes an object of ${shown(value, 80)}` };
    }
    if (/:script$/i.test(name) && /^(?:msxsl|lxslt|xalan)/i.test(name))
      return { rule: RULES.script.id, severity: 'high', message: 'the style sheet has a script in it' };
    return undefined;
  },
  text: (text, path) =>
    /^(?:interface|class|handler)$/.test(path.at(-1) ?? '') && GADGET.test(text)
      ? { rule: RULES.objects.id, message: `it makes an object of ${shown(text, 80)}` }
      : undefined,
};

const STYLES = 'http://www.w3.org/1999/XSL/Transform';
/** Functions of style sheets that open files or addresses, or call what is no style sheet: XSLT 1.0 to 3.0, Xalan, Saxon, PHP, EXSLT. */
const REACHES =
  /\b(?:document|doc|unparsed-text(?:-lines)?|collection|uri-collection|transform|load-xquery-module|environment-variable)\s*\(|\b(?:php|saxon|xalan|java|rt|ob|date)\s*:\s*\w+\s*\(|\bsystem-property\s*\(\s*['"](?!xsl:)/;
const LANGUAGES =
  /xml\.apache\.org\/(?:xalan|xslt)\/?(?:java|redirect)?|^java:|saxon\.sf\.net\/java|icl\.com\/saxon|php\.net\/xsl|exslt\.org\/(?:common|functions|dynamic)|schemas-microsoft-com:xslt|^clr-namespace:|bea\.com\/xquery\/xquery-functions/i;

/** Style sheets are programs: what they reach for beside the document that they are given. */
const styles: Look = {
  roots: [],
  element({ name, attributes, path }) {
    const inStyle =
      path.some((one) => /(?:^|:)(?:stylesheet|transform|template)$/.test(one)) ||
      /(?:^|:)(?:stylesheet|transform)$/.test(name);
    const isStyle = inStyle || [...attributes.values()].includes(STYLES);
    if (!isStyle) return undefined;
    const plain = name.replace(/^.*:/, '');
    const address = attributes.get('href') ?? '';
    if (/^(?:import|include|import-schema|use-package)$/.test(plain) && /^[a-z]+:|^\/|\.\.\//i.test(address))
      return { rule: RULES.include.id, message: `the style sheet takes in ${shown(address, 80)}` };
    if (/^(?:result-document|document|source-document|output|write)$/.test(plain) && address !== '')
      return {
        rule: RULES.script.id,
        severity: 'high',
        message: `the style sheet reads or writes ${shown(address, 80)}`,
      };
    if (/^(?:script|evaluate)$/.test(plain))
      return {
        rule: RULES.script.id,
        severity: 'high',
        message: `the style sheet has a ${shown(plain, 20)} in it`,
      };
    for (const [key, value] of attributes) {
      if (/^(?:select|test|match|use|value|xpath)$/.test(key) && REACHES.test(value))
        return {
          rule: RULES.script.id,
          severity: 'high',
          message: `the style sheet calls ${shown(value, 80)}`,
        };
      if (/^xmlns:/.test(key) && LANGUAGES.test(value) && !/common$/.test(value))
        return { rule: RULES.script.id, message: `the style sheet may call what is of ${shown(value, 80)}` };
      if (!/^xmlns/.test(key) && /\{[^}]{0,200}(?:document|unparsed-text)\s*\(/.test(value))
        return {
          rule: RULES.script.id,
          severity: 'high',
          message: `the style sheet calls ${shown(value, 80)}`,
        };
    }
    return undefined;
  },
};

const EXPRESSION = /#\{[^}]{0,400}\bT\s*\(|\$\{[^}]{0,200}(?:Runtime|ProcessBuilder|jndi:)/;

/** Commands and expressions that builds and containers of objects run: Maven, Ant, MSBuild, Spring, settings of editors. */
const commands: Look = {
  roots: [],
  element({ name, attributes }) {
    for (const [key, value] of attributes) {
      const hostile = value.length > 8 ? hostileIn(value) : undefined;
      if (hostile !== undefined && hostile.severity !== 'low')
        return {
          rule: RULES.objects.id,
          message: `${shown(name, 40)} has a command in ${shown(key, 40)}: ${shown(hostile.text, 80)}`,
        };
      if (EXPRESSION.test(value))
        return {
          rule: RULES.objects.id,
          message: `${shown(name, 40)} has an expression that is run: ${shown(value, 80)}`,
        };
    }
    if (/^jnlp$/.test(name) && attributes.has('codebase'))
      return {
        rule: RULES.objects.id,
        message: `a program is started from ${shown(attributes.get('codebase') ?? '', 80)}`,
      };
    return undefined;
  },
  text: (text, path) => {
    if (EXPRESSION.test(text))
      return {
        rule: RULES.objects.id,
        message: `there is an expression that is run: ${shown(text.trim(), 80)}`,
      };
    if (
      /^\s*\\\\[\w.-]+[\\/@]/.test(text) &&
      /^(?:url|simpleLocation|path|iconReference)$/.test(path.at(-1) ?? '')
    )
      return { rule: RULES.include.id, message: `showing it opens ${shown(text.trim(), 80)}` };
    const hostile = text.length > 8 && !/^(?:PMML|svg)$/.test(path[0] ?? '') ? hostileIn(text) : undefined;
    return hostile !== undefined && hostile.severity !== 'low'
      ? {
          rule: RULES.objects.id,
          message: `${shown(path.at(-1) ?? '', 40)} has a command in it: ${shown(hostile.text, 80)}`,
        }
      : undefined;
  },
};

const HOSTS =
  /^https?:\/\/(?:[\w-]+\.)*(?:w3\.org|dmg\.org|inkscape\.org|sodipodi\.sourceforge\.net|purl\.org|openvino\.ai|intel\.com|ibm\.com|sas\.com|knime\.org|springframework\.org|sun\.com|jakarta\.ee|apache\.org|gexf\.net|graphdrawing\.org)\//i;

/** What any document may fetch. */
const fetched: Look = {
  roots: [],
  element({ name, attributes }) {
    const isInclude =
      /^(?:\w{1,20}:)?include$/.test(name) && (attributes.has('href') || attributes.has('parse'));
    if (isInclude || [...attributes.values()].includes('http://www.w3.org/2001/XInclude'))
      return {
        rule: RULES.include.id,
        message: `it includes ${shown(attributes.get('href') ?? 'other documents', 80)}`,
      };
    for (const [key, value] of attributes) {
      if (!/(?:^|:)(?:noNamespace)?[sS]chemaLocation$/.test(key)) continue;
      const away = value
        .split(/\s+/)
        .find((one) => /^(?:https?|ftp|file|jar|\\\\):?/i.test(one) && !HOSTS.test(`${one}/`));
      if (away !== undefined)
        return {
          rule: RULES.include.id,
          severity: 'medium',
          message: `its schema is taken from ${shown(away, 80)}`,
        };
    }
    return undefined;
  },
};

export const LOOKS: readonly Look[] = [pmml, openvino, svg, objects, fetched, styles, commands];
