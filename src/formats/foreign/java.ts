import { shown } from '../../findings/finding.ts';
import type { Format } from '../format.ts';
import { FOREIGN_RULES as RULES } from './rules.ts';

const MAGIC = '\xac\xed\0\x05';
/** Where gadget chains begin and end (ysoserial, marshalsec). */
const GADGETS =
  /(?:org\.apache\.commons\.(?:collections4?\.(?:functors|keyvalue|map\.(?:LazyMap|DefaultedMap)|comparators\.TransformingComparator)|beanutils\.BeanComparator|fileupload\.disk)|com\.sun\.org\.apache\.xalan|TemplatesImpl|org\.codehaus\.groovy\.runtime|org\.springframework\.(?:core\.SerializableTypeWrapper|beans\.factory|aop\.framework|transaction\.jta)|com\.mchange\.v2\.c3p0|javax\.management\.BadAttributeValueExpException|java\.rmi\.server\.|sun\.rmi\.server|java\.lang\.(?:ProcessBuilder|Runtime)|javax\.script|com\.sun\.rowset\.JdbcRowSet|org\.hibernate\.(?:engine|tuple|property)|bsh\.|clojure\.|org\.python\.core|org\.mozilla\.javascript|com\.sun\.syndication|java\.net\.URL(?:ClassLoader)?(?![\w])|org\.jboss\.(?:interceptor|weld)|net\.sf\.json|org\.apache\.(?:wicket|click|myfaces)|com\.vaadin|java\.lang\.reflect\.Proxy|sun\.reflect\.annotation\.AnnotationInvocationHandler)/;
const NAME = /(?:\[L|L)?[a-zA-Z_$][\w$]*(?:[./][a-zA-Z_$][\w$]*){1,12}/g;
const WINDOW = 1 << 18;
const OVERLAP = 512;
/** Of each window, where names of classes are gathered for people. */
const NAMED = 1 << 16;
const MOST = 20;

/** The stream of Java's serialisation (Object Serialization Stream Protocol, 6.4): its classes by their names. */
export const java: Format = {
  name: 'java',
  title: 'serialised Java objects',
  rules: Object.values(RULES),
  firstBytes: '\xac',
  looks: (source) => Buffer.from(source.read(0, 4)).toString('latin1') === MAGIC && 'sure',
  async read(part) {
    const { source } = part;
    const classes = new Set<string>();
    let gadget: string | undefined;
    for (let at = 0; at < source.size; at += WINDOW - OVERLAP) {
      const rest = part.pause();
      if (rest) await rest;
      const text = Buffer.from(source.read(at, WINDOW)).toString('latin1');
      gadget ??= GADGETS.exec(text)?.[0];
      for (const [name] of text.slice(0, NAMED).matchAll(NAME)) {
        if (classes.size >= MOST) break;
        classes.add(name);
      }
    }
    const range = { start: 0, end: source.size };
    if (gadget !== undefined)
      part.report({
        rule: RULES.gadget.id,
        message: `it names ${shown(gadget, 80)}`,
        range,
        evidence: { class: shown(gadget, 200) },
      });
    else
      part.report({
        rule: RULES.java.id,
        message: `it makes Java objects${classes.size > 0 ? `: ${shown([...classes].slice(0, 5).join(', '), 120)}` : ''}`,
        range,
      });
    part.coverage.claim('unread', 0, source.size, 'only the names of classes were looked for');
  },
  proof: {
    catches: [
      {
        name: 'a model',
        bytes: () => Buffer.from(`${MAGIC}sr\0\x1aweka.classifiers.trees.J48`, 'latin1'),
        rules: [RULES.java.id],
      },
      {
        name: 'a chain',
        bytes: () =>
          Buffer.from(`${MAGIC}sr\0\x3aorg.apache.commons.collections.functors.InvokerTransformer`, 'latin1'),
        rules: [RULES.gadget.id],
      },
    ],
    passes: [],
  },
};
