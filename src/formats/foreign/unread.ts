import type { Format, Sample } from '../format.ts';
import type { Source } from '../source.ts';
import { FOREIGN_RULES as RULES } from './rules.ts';

interface Kind {
  readonly title: string;
  readonly begins: RegExp;
  /** Reading it brings objects to life. */
  readonly marshals?: true;
}

/** By the first bytes, as Latin-1. */
const KINDS: readonly Kind[] = [
  { title: 'a model of RKNN', begins: /^RKNN/ },
  { title: 'a model of CNTK', begins: /^B\0C\0N\0\0\0/ },
  { title: 'an engine of TensorRT', begins: /^(?:ftrt|ptrt)/ },
  { title: 'a model of GGML before GGUF', begins: /^(?:lmgg|fmgg|tjgg|algg|algm)[\s\S]/ },
  {
    title: 'what PHP has serialised',
    begins: /^(?:O|C):\d{1,4}:"[\w\\]{1,200}":\d{1,9}:\{|^a:\d{1,9}:\{[\s\S]{0,3000}[;{](?:O|C):\d{1,4}:"/,
    marshals: true,
  },
  { title: 'what Ruby has marshalled', begins: /^\x04\x08[[{oIcmeSCU@:"}fl/u]/, marshals: true },
  {
    title: 'what .NET has serialised',
    begins: /^\0\x01\0\0\0\xff\xff\xff\xff\x01\0\0\0\0\0\0\0/,
    marshals: true,
  },
];

const kindOf = (source: Source): Kind | undefined => {
  const head = Buffer.from(source.read(0, 4096)).toString('latin1');
  return KINDS.find(({ begins }) => begins.test(head));
};

const sample = (name: string, head: string, rule: { readonly id: string }): Sample => ({
  name,
  bytes: () => Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(32)]),
  rules: [rule.id],
});

/** Models and objects that are known by their beginning, and not read. */
export const unread: Format = {
  name: 'foreign',
  title: 'a file of a kind that is not read',
  rules: Object.values(RULES),
  looks: (source) => kindOf(source) !== undefined && 'sure',
  async read({ source, coverage, report }) {
    const kind = kindOf(source);
    const title = kind?.title ?? 'a file of another language';
    const rule = kind?.marshals === true ? RULES.marshal : RULES.unread;
    report({
      rule: rule.id,
      message: `it is ${title}, which is not read`,
      range: { start: 0, end: source.size },
    });
    coverage.claim('unread', 0, source.size, `it is ${title}, which is not read`);
  },
  proof: {
    catches: [
      sample('RKNN', 'RKNN\0\0\0\0', RULES.unread),
      sample('PHP', 'O:8:"Gadget12":1:{s:1:"a";i:1;}', RULES.marshal),
      sample('Ruby', '\x04\x08o:\x0bGadget', RULES.marshal),
      sample('.NET', '\0\x01\0\0\0\xff\xff\xff\xff\x01\0\0\0\0\0\0\0', RULES.marshal),
    ],
    passes: [],
  },
};
