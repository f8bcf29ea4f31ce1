import { shown } from '../../findings/finding.ts';
import type { Format, Part } from '../format.ts';
import { CODE_OPERATORS, FILE_OPERATORS, KNOWN_OPERATORS, SUSPECT } from '../tensorflow-operators.ts';
import { isForeign } from './paths.ts';
import { TENSORFLOW_RULES as RULES } from './rules.ts';

const BEGIN =
  /^(?:\s|#[^\n]{0,500}\n){0,200}(?:saved_model_schema_version\s{0,9}:|(?:node|meta_graphs|meta_info_def|graph_def)\s{0,9}:?\s{0,9}[{<])/;
/** Texts that are read at once; what stands in the last part of one is read with the next. */
const PIECE = 1 << 20;
const OVERLAP = 1 << 12;
const OPERATOR =
  /\bop\s{0,20}:\s{0,20}((?:"(?:[^"\\\n]|\\.){0,500}"|'(?:[^'\\\n]|\\.){0,500}')(?:\s{0,20}["'](?:[^"'\\\n]|\\.){0,500}["']){0,20})/g;
const FILENAME = /\bfilename\s{0,20}:\s{0,20}(?:"((?:[^"\\\n]|\\.){0,1000})"|'((?:[^'\\\n]|\\.){0,1000})')/g;

/** Escapes of texts in protocol buffers' text format, and pieces of one text side by side. */
const unquoted = (quoted: string): string =>
  quoted
    .replace(/["']\s{0,20}["']/g, '')
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))/g, (_, hex, octal, char) =>
      hex !== undefined
        ? String.fromCharCode(Number.parseInt(hex, 16))
        : octal !== undefined
          ? String.fromCharCode(Number.parseInt(octal, 8))
          : char,
    );

async function read(part: Part): Promise<void> {
  const { source, coverage } = part;
  const told = new Set<string>();
  for (let at = 0; at < source.size; at += PIECE - OVERLAP) {
    const rest = part.pause();
    if (rest) await rest;
    const piece = Buffer.from(source.read(at, PIECE)).toString('latin1');
    part.readText(piece, 'metadata', at);
    for (const [all, quoted = ''] of piece.matchAll(OPERATOR))
      judge(part, unquoted(quoted), at, all.length, told);
    for (const [, double, single] of piece.matchAll(FILENAME)) {
      const name = unquoted(`"${double ?? single ?? ''}"`);
      if (isForeign(name) && !told.has(name))
        part.report({ rule: RULES.asset.id, message: `an asset is called ${shown(name, 100)}` });
      told.add(name);
    }
  }
  coverage.claim('parsed', 0, source.size);
}

function judge(part: Part, op: string, start: number, length: number, told: Set<string>): void {
  if (told.has(op) || told.size > 10_000) return;
  told.add(op);
  const report = { range: { start, end: start + length }, evidence: { operator: shown(op, 200) } };
  const name = shown(op, 100);
  if (FILE_OPERATORS.has(op))
    part.report({ ...report, rule: RULES.file.id, message: `${name} opens files or connections` });
  else if (CODE_OPERATORS.has(op))
    part.report({ ...report, rule: RULES.code.id, message: `${name} runs what was not looked at` });
  else if (!KNOWN_OPERATORS.has(op) && SUSPECT.test(op))
    part.report({
      ...report,
      rule: RULES.file.id,
      severity: 'medium',
      message: `${name} is not known, and by its name opens files or runs something`,
    });
}

const bytes = (text: string) => () => Buffer.from(text);

/** Graphs as text: `saved_model.pbtxt`, `graph.pbtxt`. TensorFlow loads them like the others. */
export const tensorflowText: Format = {
  name: 'tensorflow-text',
  title: 'TensorFlow as text',
  rules: [],
  looks: (source) => BEGIN.test(Buffer.from(source.read(0, 4096)).toString('latin1')) && 'sure',
  read,
  proof: {
    catches: [
      {
        name: 'a file that is written',
        bytes: bytes(
          'saved_model_schema_version: 1\nmeta_graphs {\n graph_def {\n node { name: "w" op: "WriteFile" }}}',
        ),
        rules: [RULES.file.id],
      },
      {
        name: 'an operator in escapes',
        bytes: bytes('node {\n  name: "w"\n  op: "Read\\x46" "ile"\n}\n'),
        rules: [RULES.file.id],
      },
    ],
    passes: [{ name: 'a graph', bytes: bytes('node {\n  name: "x"\n  op: "Placeholder"\n}\n') }],
  },
};
