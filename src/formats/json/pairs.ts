import { shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { SETTINGS_RULES } from '../settings-rules.ts';

/**
 * Classes whose module and name are two values: `"unet": ["diffusers", "UNet2DConditionModel"]` in `model_index.json`
 * of Diffusers, `parent_library` and `base_model_class` in PEFT's `auto_mapping`. Both are imported as they stand.
 */
export class Pairs {
  readonly #part: Part;
  #key: JsonPath[number] | undefined;
  #module: string | undefined;
  #library: string | undefined;
  #base: string | undefined;

  constructor(part: Part) {
    this.#part = part;
  }

  scalar(path: JsonPath, value: JsonScalar, start: number, end: number): void {
    if (path.length !== 2 || typeof value !== 'string') return;
    const [key, place] = path;
    if (typeof key !== 'string') return;
    if (place === 0) {
      this.#key = key;
      this.#module = value;
    } else if (place === 1 && this.#key === key) this.#judge(this.#module, value, start, end);
    else if (key === 'auto_mapping' && (place === 'parent_library' || place === 'base_model_class')) {
      if (place === 'parent_library') this.#library = value;
      else this.#base = value;
      this.#judge(this.#library, this.#base, start, end);
    }
  }

  #judge(module: string | undefined, name: string | undefined, start: number, end: number): void {
    if (module === undefined || name === undefined) return;
    const { verdict, why } = this.#part.calls.lookUp(module, name);
    if (verdict !== 'dangerous') return;
    this.#part.report({
      rule: SETTINGS_RULES.target.id,
      message: `the settings take ${shown(`${module}.${name}`, 80)}: ${why}`,
      range: { start, end },
    });
  }
}
