import { shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { SETTINGS_RULES } from '../settings-rules.ts';

const OWN = /^(?:langchain(?:_\w{1,40})?|langgraph|langsmith)$/;
/** They run what a model writes, or what is written here. */
const RUNS =
  /^(?:BashProcess|ShellTool|PythonREPL|PythonREPLTool|Python\w{0,9}REPLTool|PALChain|CPALChain|LLMBashChain|RunnableLambda)$/;
/** Variables that the classes ask for themselves. */
const KEYS = /(?:_API_KEY|_API_TOKEN|_TOKEN|_ENDPOINT|_API_BASE|_ORGANIZATION)$/;

/**
 * Objects that LangChain wrote: `{"lc": 1, "type": "constructor", "id": [module, …, class], "kwargs": {…}}`. `load` makes
 * them anew, and puts variables of the environment where `secret` stands (CVE-2025-68664).
 */
export class LangChain {
  readonly #part: Part;
  /** Steps to the object that is open. */
  #depth = -1;
  #type = '';
  #id: string[] = [];
  #at = 0;

  constructor(part: Part) {
    this.#part = part;
  }

  scalar(path: JsonPath, value: JsonScalar, start: number): void {
    const name = path.at(-1);
    if (name === 'lc' && typeof value === 'number') {
      this.finish();
      this.#depth = path.length - 1;
      this.#at = start;
    } else if (this.#depth < 0 || typeof value !== 'string') return;
    else if (name === 'type' && path.length === this.#depth + 1) this.#type = value;
    else if (path[this.#depth] === 'id' && path.length === this.#depth + 2 && this.#id.length < 16)
      this.#id.push(value);
  }

  finish(): void {
    const [library = ''] = this.#id;
    const name = this.#id.at(-1) ?? '';
    const full = this.#id.join('.');
    const range = { start: this.#at, end: this.#at + 1 };
    if (this.#type === 'constructor' && this.#id.length > 1) {
      const { verdict, why } = this.#part.calls.lookUp(this.#id.slice(0, -1).join('.'), name);
      if (RUNS.test(name) || (verdict === 'dangerous' && !OWN.test(library)))
        this.#part.report({
          rule: SETTINGS_RULES.target.id,
          message: `an object of ${shown(full, 80)} is made: ${RUNS.test(name) ? 'it runs commands' : why}`,
          range,
        });
      else if (!OWN.test(library) && verdict !== 'allowed')
        this.#part.report({
          rule: SETTINGS_RULES.customCode.id,
          message: `an object of ${shown(full, 80)} is made, which is of no library that is known`,
          range,
        });
    } else if (this.#type === 'secret' && this.#id.length > 0 && !KEYS.test(name))
      this.#part.report({
        rule: SETTINGS_RULES.interpolation.id,
        severity: 'medium',
        message: `the variable ${shown(name, 60)} of whoever loads it is put in`,
        range,
      });
    this.#depth = -1;
    this.#type = '';
    this.#id = [];
  }
}
