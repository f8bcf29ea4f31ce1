import { shown } from '../../findings/finding.ts';
import { CODE_RULES } from '../code-rules.ts';
import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { installedFrom, KNOWN_HOSTS, withoutPassword } from '../package-sources.ts';
import { judgePython, judgeShell } from '../python-code.ts';
import { attackIn } from '../shell-commands.ts';
import { harmfulScript, judgeMarkup, judgeUnseen, tellUnseen, withoutCode } from '../shown-text.ts';

/** UTF-16 units of all cells that are kept. */
const LONGEST = 4 << 20;

/** Gathers the code of a Jupyter notebook (nbformat 4) out of the walk over its JSON. */
export class Notebook {
  #isNotebook = false;
  #code: string[] = [];
  #length = 0;
  #cell = -1;
  /** Of the cell that is open: its text, and whether it is code (its type may stand behind its text). */
  #text = '';
  #isCode = true;
  /** What is shown: cells of text, and what code gave out, each with its kind. */
  readonly #shown: { readonly kind: 'markdown' | 'markup' | 'script'; text: string }[] = [];
  #output = '';

  scalar(path: JsonPath, value: JsonScalar): void {
    // In nbformat 3 cells lie in worksheets, and their source is their input.
    const [first, cell, name] = path[0] === 'worksheets' ? path.slice(2) : path;
    const field = name === 'input' ? 'source' : name;
    if (path[0] === 'nbformat' && path.length === 1) this.#isNotebook = typeof value === 'number';
    if (typeof value === 'string') this.#keep(path, value);
    if (first !== 'cells' || typeof cell !== 'number' || typeof value !== 'string') return;
    if (cell !== this.#cell) this.#close(cell);
    if (field === 'cell_type') this.#isCode = value === 'code';
    else if (field === 'source' && this.#length < LONGEST) {
      this.#text += value;
      this.#length += value.length;
    }
  }

  /** Outputs, and the state of widgets: a value in pieces is one text. */
  #keep(path: JsonPath, value: string): void {
    const kind = path.findLast((step) => typeof step === 'string' && step.includes('/'));
    const isWidget = path[0] === 'metadata' && path[1] === 'widgets';
    const name = path.at(-1);
    if (isWidget && name === 'model_module' && /^(?:https?:)?\/\//.test(value))
      this.#shown.push({ kind: 'script', text: `import("${value}")` });
    const shows =
      isWidget && name === 'value'
        ? 'markup'
        : path.includes('outputs') &&
            (kind === 'text/html' || kind === 'image/svg+xml' || kind === 'text/markdown')
          ? 'markup'
          : path.includes('outputs') &&
              (kind === 'application/javascript' ||
                kind === 'text/javascript' ||
                /vnd\.vega/.test(String(kind)))
            ? 'script'
            : undefined;
    if (shows === undefined || this.#length > LONGEST) return;
    this.#length += value.length;
    const key = path.slice(0, typeof name === 'number' ? -1 : undefined).join('\n');
    const last = this.#shown.at(-1);
    if (typeof name === 'number' && name > 0 && key === this.#output && last !== undefined)
      last.text += value;
    else this.#shown.push({ kind: shows, text: value });
    this.#output = key;
  }

  judge(part: Part): void {
    this.#close(-1);
    if (!this.#isNotebook) return;
    for (const { kind, text } of this.#shown) {
      if (
        /^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!DOCTYPE[^>]{0,400}>\s*)?<svg\b/i.test(text) &&
        /<script\b|\son[a-z]{3,20}\s*=/i.test(text)
      )
        part.report({ rule: CODE_RULES.active.id, message: 'a drawing in the notebook has a script in it' });
      else if (kind === 'script') this.#script(part, text);
      else judgeMarkup(part, kind === 'markdown' ? withoutCode(text) : text, 'the notebook');
      if (kind !== 'markdown') continue;
      judgeUnseen(part, text, 'prose');
      tellUnseen(part, text);
      const attack = attackIn(text);
      if (attack !== undefined)
        part.report({
          rule: CODE_RULES.shell.id,
          severity: 'medium',
          message: `whoever follows the text runs ${shown(attack, 80)}`,
        });
    }
    for (const cell of this.#code) {
      const magic = /^\s*%%(html|svg|javascript|js)\b/.exec(cell)?.[1];
      if (magic === 'html' || magic === 'svg') judgeMarkup(part, cell, 'a cell');
      else if (magic !== undefined) this.#script(part, cell);
      this.#sources(part, cell);
      const written =
        /^\s*%%(?:writefile|file)\s[^\n]{0,300}(?:\.ssh\/|\.pth\b|customize\.py|\.(?:bash|zsh)rc|\/etc\/|\.ipython\/|autostart|LaunchAgents|\.git\/hooks)/.exec(
          cell,
        )?.[0];
      if (written !== undefined)
        part.report({
          rule: CODE_RULES.persists.id,
          message: `a cell writes what is run by itself: ${shown(written.trim(), 80)}`,
        });
    }
    judgeUnseen(part, this.#code.join('\n'), 'code');
    // Lines for a shell are none of Python's.
    const lines = this.#code.join('\n').split('\n');
    judgePython(part, lines.filter((line) => !MAGIC.test(line)).join('\n'), { isNotebook: true });
    // Commands stand behind `!`, after a name (`x = !id`), in cells of other languages and in calls.
    judgeShell(part, this.#code.join('\n'));
  }

  #script(part: Part, script: string): void {
    const found = script.length < 20_000 ? harmfulScript(script) : undefined;
    if (found !== undefined)
      part.report({
        rule: CODE_RULES.active.id,
        message: `the notebook has a script that does something: ${shown(found[0], 100)}`,
      });
  }

  /** Packages that are installed from elsewhere than an index or a well-known host of code; code that an address gives. */
  #sources(part: Part, cell: string): void {
    const from = installedFrom(cell) ?? FETCHED.exec(cell)?.[1];
    if (from !== undefined)
      part.report({
        rule: CODE_RULES.requirement.id,
        message: `a cell installs or runs what comes from ${shown(withoutPassword(from), 100)}`,
      });
  }

  #close(next: number): void {
    if (this.#isCode && this.#text !== '') this.#code.push(this.#text);
    else if (!this.#isCode) this.#shown.push({ kind: 'markdown', text: this.#text });
    this.#text = '';
    this.#isCode = true;
    this.#cell = next;
  }
}

const MAGIC = /^\s*[!%]/;
const FETCHED = new RegExp(
  String.raw`^[^\S\n\r\u2028\u2029]*%(?:run|load|install_ext)\s+(https?:\/\/(?!${KNOWN_HOSTS})\S{1,300})`,
  'm',
);
