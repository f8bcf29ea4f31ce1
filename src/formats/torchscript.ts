import { shown } from '../findings/finding.ts';
import type { Rule } from '../findings/rule.ts';
import type { Format, Part } from './format.ts';
import { Malformed } from './source.ts';

const common = {
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003', 'AML.T0011.000'],
} as const;

const TORCHSCRIPT_RULES = {
  file: {
    id: 'torchscript.file-operation',
    title: 'A TorchScript model that reads or writes files',
    severity: 'high',
    about:
      'TorchScript is compiled, not run as Python, but it has operators that open files by name: `torch.save`, `torch.from_file`, those of torchvision and torchaudio. With them a model writes a start-up script or reads a key. `torch.load(weights_only=True)` loads such an archive, too.',
    advice: 'Do not load it. Ask what the model needs files for.',
    cwe: ['CWE-73', 'CWE-829'],
    ...common,
    advisories: ['CVE-2025-32434'],
  },
  network: {
    id: 'torchscript.network-operation',
    title: 'A TorchScript model that calls other machines',
    severity: 'high',
    about: 'It has operators for remote calls: it can send what it is given elsewhere.',
    advice: 'Do not load it. Ask what the model needs the network for.',
    cwe: ['CWE-918'],
    ...common,
  },
  operator: {
    id: 'torchscript.custom-operator',
    title: 'A TorchScript model with operators of another library',
    severity: 'low',
    about:
      'It runs only where a library of machine code with these operators is loaded. What they do stands in that library.',
    advice: 'Take the library from where its makers publish it, not from beside the model.',
    cwe: ['CWE-829'],
    ...common,
  },
} as const satisfies Record<string, Rule>;

/** Strings are passed over; of operators the whole name counts. */
const CALL =
  /"(?:[^"\\\n]|\\.)*(?:"|\\?(?![^\n]))|'(?:[^'\\\n]|\\.)*(?:'|\\?(?![^\n]))|#[^\n]*|(?<![\w.])(?<name>torch(?:\.\w+)+|ops(?:\.\w+){2,})(?=\s{0,9}\()/g;
const FILE =
  /^(?:torch|ops\.aten)\.(?:save|from_file|load)$|^ops\.image\.(?:read|write)_file$|^ops\.\w+\.\w*(?:load|save|read|write|open)_?\w*file\w*$|^ops\.torchaudio\.\w*(?:load|save|file)\w*$/;
const NETWORK = /^(?:torch|ops\.\w+)\.(?:\w+\.)*(?:rpc_\w+|remote)$/;
/** Namespaces of operators that come with PyTorch, torchvision and torchaudio. */
const KNOWN = new Set(
  'aten prim prims quantized quantized_decomposed torchvision torchaudio image video_reader fbgemm mkldnn mkldnn_prepacked mkl onednn prepacked xnnpack sparse caffe2 _caffe2 inductor c10d c10d_functional profiler static_runtime cuda cudnn metal metal_prepack vulkan vulkan_prepack rngprims tensorexpr _quantized _test'.split(
    ' ',
  ),
);
/** Python that is run has these; TorchScript has its own modules only. */
const IMPORTS = /^[ \t]{0,99}(?:import[ \t]{1,9}(?!__torch__)|from[ \t]{1,9}[\w.]{1,200}[ \t]{1,9}import)/m;
/** Source of one module, however large the model. */
const LONGEST = 16 << 20;

async function read(part: Part): Promise<void> {
  const { source, coverage } = part;
  if (source.size > LONGEST) throw new Malformed('the source is longer than any', LONGEST);
  const source8 = source.read(0, source.size);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(source8);
  } catch {
    throw new Malformed('the source is no text', 0);
  }
  // Nobody runs it as Python from here, but what it is need not be what it says.
  if (IMPORTS.test(text)) {
    coverage.claim('parsed', 0, source.size);
    return part.inside('(as Python).py', source, 'text');
  }
  const names = new Map<string, number>();
  for (const { index, groups } of text.matchAll(CALL)) {
    const name = groups?.name;
    if (name !== undefined && !names.has(name) && names.size < MOST) names.set(name, index);
  }
  for (const [name, at] of names) judge(part, name, at);
  coverage.claim('parsed', 0, source.size);
}

/** There are some two thousand operators. */
const MOST = 10_000;

function judge(part: Part, name: string, at: number): void {
  const rule = FILE.test(name)
    ? TORCHSCRIPT_RULES.file
    : NETWORK.test(name)
      ? TORCHSCRIPT_RULES.network
      : custom(name);
  if (rule === undefined) return;
  part.report({
    rule: rule.id,
    message: `it calls ${shown(name)}`,
    range: { start: at, end: at + name.length },
    evidence: { operator: shown(name) },
  });
}

const custom = (name: string) => {
  const [first, namespace = ''] = name.split('.');
  return first === 'ops' && !KNOWN.has(namespace) ? TORCHSCRIPT_RULES.operator : undefined;
};

const source = (body: string) => () =>
  Buffer.from(
    `class Net(Module):\n  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n    ${body}\n`,
  );

/** As modules begin. What begins otherwise is read because its archive says what it is: to look at it is Python. */
const BEGIN = /^(?:op_version_set = \d{1,3}\n)?class \w{1,200}\(Module\):\n {2}__parameters__ = \[/;

/** The source in TorchScript archives. */
export const torchscript: Format = {
  name: 'torchscript',
  title: 'TorchScript',
  rules: Object.values(TORCHSCRIPT_RULES),
  looks: (file) => BEGIN.test(Buffer.from(file.read(0, 400)).toString('latin1')) && 'sure',
  read,
  proof: {
    catches: [
      { name: 'a file written', bytes: source('torch.save(x, "a.pt")'), rules: [TORCHSCRIPT_RULES.file.id] },
      {
        name: 'a file mapped',
        bytes: source('_0 = torch.from_file("a", True, 9)'),
        rules: [TORCHSCRIPT_RULES.file.id],
      },
      {
        name: 'a remote call',
        bytes: source('_0 = torch.distributed.rpc.rpc_async("b", f, (x,))'),
        rules: [TORCHSCRIPT_RULES.network.id],
      },
      {
        name: 'an operator of its own',
        bytes: source('_0 = ops.mine.run(x)'),
        rules: [TORCHSCRIPT_RULES.operator.id],
      },
    ],
    passes: [
      { name: 'a layer', bytes: source('return torch.linear(x, self.weight, self.bias)') },
      { name: 'a message', bytes: source('ops.prim.RaiseException("use torch.save(x)")') },
    ],
  },
};
