import { shown } from '../findings/finding.ts';
import type { Rule } from '../findings/rule.ts';
import type { Format, Part, Sample } from './format.ts';
import { Cursor, type Source } from './source.ts';

const harm = {
  cwe: ['CWE-829', 'CWE-506'],
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003', 'AML.T0011.000'],
} as const;

const EXECUTABLE_RULES = {
  program: {
    id: 'executable.program',
    title: 'A program or a library of machine code',
    severity: 'high',
    about:
      'The content is machine code or bytecode: whoever starts it, or loads it as a library of operators, gives it everything that they may do. What it does was not read. Models are data; what must come along as code should come from a package that is known.',
    advice:
      'Take the operators from the library that they belong to, or build them from source that you have read.',
    ...harm,
  },
  script: {
    id: 'executable.script',
    title: 'A script under the name of a model',
    severity: 'medium',
    about:
      'The content begins as a script does that a shell or another interpreter runs, and the name says that it is a model. There is no honest reason for that.',
    advice: 'Do not run it, and do not load it.',
    ...harm,
  },
} as const satisfies Record<string, Rule>;

/** Mach-O of 32 and 64 bits in either order of bytes. */
const MACH = [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe];
const FAT = 0xcafebabe;
/** Java's classes share it; their version stands where the count of architectures is. */
const JAVA = 45;

/** What kind of program it is. */
function kindOf(source: Source): string | undefined {
  const head = Buffer.from(source.read(0, 16));
  const begin = head.toString('latin1');
  if (begin.startsWith('\x7fELF') && [1, 2].includes(head[4] ?? 0) && [1, 2].includes(head[5] ?? 0))
    return 'an ELF program or library';
  if (begin.startsWith('MZ') && isPe(source)) return 'a program or library of Windows';
  if (begin.startsWith('\0asm') && head.length >= 8 && head.readUInt32LE(4) <= 0x1000d) return 'WebAssembly';
  if (begin.startsWith('dex\n0') && head[7] === 0) return 'Android bytecode';
  if (head.length >= 8 && MACH.includes(head.readUInt32BE(0))) return 'a Mach-O program or library';
  if (head.length >= 8 && head.readUInt32BE(0) === FAT)
    return head.readUInt32BE(4) < JAVA ? 'a Mach-O program or library' : 'a Java class';
  // A magic number for each version ends in \r\n; flags of three bits follow, and code that is marshalled (PEP 552).
  if (
    head.length === 16 &&
    begin.slice(2, 4) === '\r\n' &&
    head.readUInt32LE(4) < 4 &&
    (head[1] as number) <= 0x0f
  )
    return 'Python bytecode';
  return;
}

function isPe(source: Source): boolean {
  if (source.size < 0x40) return false;
  const at = new Cursor(source, 'header', 0x3c).u32();
  return Buffer.from(source.read(at, 4)).toString('latin1') === 'PE\0\0';
}

const SCRIPT = /^#!\s*\/[\w./-]+|^@echo off\r?\n/i;
const MODEL =
  /\.(?:pt|pth|bin|pkl|pickle|ckpt|h5|hdf5|keras|onnx|pb|npy|npz|safetensors|gguf|ggml|joblib|model|tflite|mlmodel|dat|nemo)$/i;

const isScript = (source: Source, name: string) =>
  MODEL.test(name) && SCRIPT.test(Buffer.from(source.read(0, 64)).toString('latin1'));

async function read({ source, coverage, report, path }: Part): Promise<void> {
  const kind = kindOf(source);
  const range = { start: 0, end: source.size };
  if (kind !== undefined) {
    report({ rule: EXECUTABLE_RULES.program.id, message: `it is ${kind}`, range });
    coverage.claim('unread', 0, source.size, 'it is machine code or bytecode');
    return;
  }
  // What is in it says whoever reads texts.
  const [line = ''] = Buffer.from(source.read(0, 200)).toString('latin1').split('\n');
  report({
    rule: EXECUTABLE_RULES.script.id,
    message: `${shown(path.at(-1) ?? '')} is a script: ${shown(line)}`,
    range,
  });
}

const catches = (name: string, head: Uint8Array): Sample => ({
  name,
  bytes: () => Buffer.concat([head, new Uint8Array(64)]),
  rules: [EXECUTABLE_RULES.program.id],
});

const PE = Buffer.alloc(0x44);
PE.write('MZ');
PE.writeUInt32LE(0x40, 0x3c);
PE.write('PE', 0x40);

/** Programs in place of models, or among them. llamafiles, which are programs for every system at once, are a format of their own. */
export const executable: Format = {
  name: 'executable',
  title: 'a program',
  rules: Object.values(EXECUTABLE_RULES),
  looks: (source, name) => (kindOf(source) === undefined ? isScript(source, name) && 'maybe' : 'sure'),
  read,
  proof: {
    catches: [
      catches('ELF', Buffer.from('\x7fELF\x02\x01\x01', 'latin1')),
      catches('PE', PE),
      catches('Mach-O', Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1)),
      catches('WebAssembly', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
      catches('Python bytecode', Uint8Array.of(0xa7, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0)),
    ],
    passes: [],
  },
};
