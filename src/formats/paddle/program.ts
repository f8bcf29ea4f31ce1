import { shown } from '../../findings/finding.ts';
import type { Rule } from '../../findings/rule.ts';
import type { Format, Part, Sample } from '../format.ts';
import { type Field, looksLikeStrangeMessage, Message, wire } from '../protobuf.ts';
import { Malformed } from '../source.ts';
import { StrangeFields } from '../strange-fields.ts';
import { PADDLE_RULES } from './rules.ts';

const PAUSE = 512;
const LONGEST_NAME = 512;
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));
const CODE = words(
  'py_func py_layer gen_nccl_id c_gen_nccl_id gen_bkcl_id c_gen_bkcl_id send recv send_barrier fetch_barrier listen_and_serv heter_listen_and_serv distributed_lookup_table rpc_call rpc_result run_program',
);
const FILES = words(
  'load load_combine save save_combine read_file open_files create_custom_reader create_recordio_file_reader create_py_reader checkpoint_notify sparse_tensor_load lookup_sparse_table_load',
);
const SUSPECT = /^(?:py_|load|save|exec|shell|system)|(?:^|_)(?:file|python|pickle|download|rpc)(?:_|$)/;
const OPERATOR = /^[A-Za-z_][\w.@]*$/;
const FIELDS = new Map<number, Field['wire']>([
  [1, 2],
  [4, 2],
  [5, 2],
]);
const BLOCK = new Map<number, Field['wire']>([
  [1, 0],
  [2, 0],
  [3, 2],
  [4, 2],
  [5, 0],
]);

async function readProgram(part: Part): Promise<void> {
  const { source, coverage, pause, note } = part;
  const program = new Message(source);
  const told = new Set<string>();
  const strange = new StrangeFields(part);
  let operators = 0;
  let blocks = 0;
  for (const field of program.fields()) {
    if (FIELDS.get(field.number) !== field.wire) strange.add(field);
    if (field.number !== 1 || field.wire !== 2) continue;
    blocks++;
    const block = program.inside(field);
    const seen = new Set<number>();
    for (const one of block.fields()) {
      if (BLOCK.get(one.number) !== one.wire) {
        strange.add(one);
        continue;
      }
      seen.add(one.number);
      if (one.number !== 4) continue;
      const rest = ++operators % PAUSE === 0 ? pause() : undefined;
      if (rest) await rest;
      judge(part, block.inside(one), told);
    }
    if (!seen.has(1) || !seen.has(2)) throw new Malformed('a block has no number', field.start);
  }
  if (blocks === 0) throw new Malformed('there is no block in it', 0);
  if (strange.count > 0 && operators === 0) throw new Malformed('there is no operator in it', 0);
  note({ blocks, operators });
  coverage.claim('parsed', 0, source.size);
  await strange.tell();
}

function judge({ report }: Part, message: Message, told: Set<string>): void {
  let type = '';
  let path = '';
  for (const field of message.fields()) {
    if (field.number > 5) throw new Malformed('it is no operator', field.start);
    if (field.number === 3 && field.wire === 2) type = message.text(field, LONGEST_NAME);
    if (field.number === 4 && field.wire === 2) path ||= pathOf(message.inside(field));
  }
  if (!OPERATOR.test(type)) throw new Malformed('an operator has no name', message.start);
  const rule = CODE.has(type)
    ? PADDLE_RULES.code
    : FILES.has(type) || SUSPECT.test(type)
      ? PADDLE_RULES.file
      : undefined;
  if (rule === undefined || told.has(`${type} ${path}`) || told.size > 1000) return;
  told.add(`${type} ${path}`);
  report({
    rule: rule.id,
    message: `the operator ${shown(type, 60)} stands in the program${path === '' ? '' : `, with ${shown(path, 100)}`}`,
    range: { start: message.start, end: message.end },
    evidence: { operator: shown(type, 200), ...(path !== '' && { path: shown(path, 200) }) },
  });
}

/** The text of the attribute `file_path`. */
function pathOf(attribute: Message): string {
  let name = '';
  let value = '';
  for (const field of attribute.fields()) {
    if (field.number === 1 && field.wire === 2) name = attribute.text(field, LONGEST_NAME);
    if (field.number === 5 && field.wire === 2) value = attribute.text(field);
  }
  return name === 'file_path' ? value : '';
}

const operator = (type: string, ...attributes: readonly Uint8Array[]): Uint8Array =>
  wire.bytes(4, wire.bytes(3, type), ...attributes.map((one) => wire.bytes(4, one)));
const program =
  (...operators: readonly Uint8Array[]) =>
  (): Uint8Array =>
    Buffer.concat([
      wire.bytes(1, wire.number(1, 0), wire.number(2, 0), ...operators),
      wire.bytes(4, wire.number(1, 2_006_000)),
    ]);
const filePath = Buffer.concat([wire.bytes(1, 'file_path'), wire.number(2, 2), wire.bytes(5, '/etc/passwd')]);
const catches = (name: string, rule: Rule, bytes: () => Uint8Array): Sample => ({
  name,
  bytes,
  rules: [rule.id],
});

/** Programs of PaddlePaddle for inference: `.pdmodel`, `__model__`. Its `.pdparams` are pickles. */
export const paddleProgram: Format = {
  name: 'paddle',
  title: 'a program of PaddlePaddle',
  rules: Object.values(PADDLE_RULES),
  // Protocol buffers begin with no magic number: only reading tells.
  looks: (source) => (looksLikeStrangeMessage(source, FIELDS) ? 'maybe' : false),
  read: readProgram,
  proof: {
    catches: [
      catches('Python', PADDLE_RULES.code, program(operator('relu'), operator('py_func'))),
      catches('Python beside a field of no schema', PADDLE_RULES.code, () =>
        Buffer.concat([program(operator('py_func'))(), wire.number(77, 1)]),
      ),
      catches('a file that is loaded', PADDLE_RULES.file, program(operator('load', filePath))),
      catches('a file that is written', PADDLE_RULES.file, program(operator('save_combine', filePath))),
    ],
    passes: [{ name: 'a program', bytes: program(operator('feed'), operator('conv2d'), operator('fetch')) }],
  },
};
