import { shown } from '../../findings/finding.ts';
import type { Format, Part } from '../format.ts';
import { Malformed, type Source } from '../source.ts';
import { FOREIGN_RULES as RULES } from './rules.ts';

const HEAD = 1 << 16;
/** Networks in text are written by people; none is longer. */
const LONGEST = 16 << 20;
const PIECE = 1 << 20;
const BEGIN =
  /^(?:[\s;,]|#[^\n]*\n)*(?:name|layers?|input|input_dim|input_shape|state|force_backward)\s{0,100}[:{]/;
const LAYER = /\blayers?\s{0,100}:?\s{0,100}\{/;
/** Comments, and texts in quotes, of which several side by side are one. */
const COMMENT = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/g;
const QUOTED = `(?:"(?:[^"\\\\\\n]|\\\\.){0,500}"|'(?:[^'\\\\\\n]|\\\\.){0,500}')`;
const TYPE = new RegExp(`\\btype\\s{0,100}:\\s{0,100}(${QUOTED}(?:\\s{0,100}${QUOTED}){0,50})`, 'g');
const PARAMETERS = /\bpython_param\s{0,100}:?\s{0,100}[{<]/;
const MODULE = new RegExp(`\\bmodule\\s{0,100}:\\s{0,100}(${QUOTED})`);

const isNetwork = (source: Source): boolean => {
  const text = Buffer.from(source.read(0, HEAD)).toString('latin1');
  return BEGIN.test(text) && LAYER.test(text) && /\btype\s{0,100}:/.test(text);
};

async function read(part: Part): Promise<void> {
  const { source, coverage, report } = part;
  if (source.size > LONGEST) throw new Malformed('it is longer than any network in text', LONGEST);
  const written = Buffer.from(source.read(0, source.size)).toString();
  for (let at = 0; at < written.length; at += PIECE) {
    const rest = part.pause();
    if (rest) await rest;
    part.readText(written.slice(at, at + PIECE), 'metadata');
  }
  const text = written.replace(COMMENT, (one) => (one.startsWith('#') ? ' ' : one));
  const types = [...text.matchAll(TYPE)].map(([, quoted = '']) => unquoted(quoted));
  const module = MODULE.exec(text)?.[1];
  if (types.includes('Python') || PARAMETERS.test(text))
    report({
      rule: RULES.python.id,
      message: `a layer is written in Python${module === undefined ? '' : `, in the module ${shown(unquoted(module), 80)}`}`,
    });
  coverage.claim('parsed', 0, source.size);
}

/** Pieces of one text, with what stands in it as a number. */
const unquoted = (quoted: string): string =>
  quoted
    .replace(/["']\s*["']/g, '')
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))/g, (_, hex?: string, octal?: string, char = '') =>
      hex !== undefined || octal !== undefined
        ? String.fromCharCode(Number.parseInt(hex ?? octal ?? '', hex !== undefined ? 16 : 8))
        : char,
    );

const bytes = (text: string) => () => Buffer.from(text);

/** Networks of Caffe as people write them (`.prototxt`). */
export const caffeText: Format = {
  name: 'caffe-text',
  title: 'a Caffe network as text',
  rules: [],
  looks: (source) => isNetwork(source) && 'sure',
  read,
  proof: {
    catches: [
      {
        name: 'a layer of Python',
        bytes: bytes('name: "n"\nlayer { name: "p" type: "Py" \'thon\' python_param { module: "os" } }\n'),
        rules: [RULES.python.id],
      },
      {
        name: 'a layer of Python behind comments and escapes',
        bytes: bytes('# a\nlayer {\n  type: # "x"\n "Pytho\\x6e"\n}\n'),
        rules: [RULES.python.id],
      },
    ],
    passes: [
      {
        name: 'a network',
        bytes: bytes('name: "n"\nlayer {\n  name: "c" # Python\n  type: "Convolution"\n}\n'),
      },
    ],
  },
};
