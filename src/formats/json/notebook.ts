import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { judgePython, judgeShell } from '../python-code.ts';

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

  scalar(path: JsonPath, value: JsonScalar): void {
    // In nbformat 3 cells lie in worksheets, and their source is their input.
    const [first, cell, name] = path[0] === 'worksheets' ? path.slice(2) : path;
    const field = name === 'input' ? 'source' : name;
    if (path[0] === 'nbformat' && path.length === 1) this.#isNotebook = typeof value === 'number';
    if (first !== 'cells' || typeof cell !== 'number' || typeof value !== 'string') return;
    if (cell !== this.#cell) this.#close(cell);
    if (field === 'cell_type') this.#isCode = value === 'code';
    else if (field === 'source' && this.#length < LONGEST) {
      this.#text += value;
      this.#length += value.length;
    }
  }

  judge(part: Part): void {
    this.#close(-1);
    if (!this.#isNotebook) return;
    // Lines for a shell are none of Python's.
    const lines = this.#code.join('\n').split('\n');
    judgePython(part, lines.filter((line) => !MAGIC.test(line)).join('\n'), { isNotebook: true });
    // Commands stand behind `!`, after a name (`x = !id`), in cells of other languages and in calls.
    judgeShell(part, this.#code.join('\n'));
  }

  #close(next: number): void {
    if (this.#isCode && this.#text !== '') this.#code.push(this.#text);
    this.#text = '';
    this.#isCode = true;
    this.#cell = next;
  }
}

const MAGIC = /^\s*[!%]/;
