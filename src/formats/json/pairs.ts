import { shown } from '../../findings/finding.ts';
import type { Part, Report } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { SETTINGS_RULES } from '../settings-rules.ts';

/** Libraries that Diffusers and PEFT take classes from, and the modules of pipelines of Diffusers itself. */
const LIBRARIES =
  /^(?:diffusers|transformers|sentence_transformers|torch|peft|timm|open_clip|onnxruntime|optimum|openvino|nunchaku|compel|accelerate|k_diffusion|__main__)(?:\.|$)/;
const PIPELINES =
  /^(?:stable_diffusion\w*|stable_\w{1,40}|deepfloyd_if|paint_by_example|audioldm2?|latent_\w{1,40}|kandinsky\w*|shap_e|flux\w*|hunyuan\w*|pixart\w*|unclip|versatile_diffusion|wuerstchen|consistency_models|alt_diffusion|unidiffuser|blip_diffusion|musicldm|spectrogram_diffusion|semantic_stable_diffusion|cogview\w*|cogvideo\w*|sana\w*|lumina\w*|pag|controlnet\w*|ledits_pp|marigold|aura_flow|allegro|ltx\w*|mochi|wan|amused|ddpm|ddim|dance_diffusion|dit|i2vgen_xl|kolors|pia|t2i_adapter|text_to_video_synthesis|animatediff|attend_excite|visualcloze|qwenimage|chroma|cosmos|easyanimate|omnigen|bria\w*|skyreels\w*|hidream_image|ip_adapter|safety_checker)$/;

const SAYS = new Set(['_class_name', '_diffusers_version', 'auto_mapping']);
const MOST = 100;

/**
 * Classes whose module and name are two values: `"unet": ["diffusers", "UNet2DConditionModel"]` in `model_index.json`
 * of Diffusers, `parent_library` and `base_model_class` in PEFT's `auto_mapping`. Both are imported as they stand.
 */
export class Pairs {
  readonly #part: Part;
  #key: string | undefined;
  #module: string | undefined;
  #library: string | undefined;
  #base: string | undefined;
  /** It says of itself that it is a pipeline of Diffusers, or an adapter: two words side by side are a class nowhere else. */
  #isOne: boolean;
  /** Until then nothing is told. */
  readonly #found: Report[] = [];

  constructor(part: Part) {
    this.#part = part;
    this.#isOne = /(?:^|\/)(?:modular_)?model_index\.json$/.test(part.path.at(-1) ?? '');
  }

  judge(): void {
    if (this.#isOne) for (const report of this.#found) this.#part.report(report);
  }

  scalar(path: JsonPath, value: JsonScalar, start: number, end: number): void {
    if (typeof value !== 'string') return;
    if (SAYS.has(String(path[0]))) this.#isOne = true;
    const place = path.at(-1);
    // `"unet": [library, class]`, and in modular pipelines `"unet": [null, null, {"type_hint": [library, class]}]`.
    if (path.length !== 2 && path.at(-2) !== 'type_hint') return;
    const key = path.slice(0, -1).join('.');
    if (place === 0) {
      this.#key = key;
      this.#module = value;
      // A class of the pipeline’s own lies in a file that this names.
      if (key === '_class_name' && !LIBRARIES.test(value)) this.#own(value, start, end);
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
    if (verdict === 'dangerous')
      this.#tell({
        rule: SETTINGS_RULES.target.id,
        message: `the settings take ${shown(`${module}.${name}`, 80)}: ${why}`,
        range: { start, end },
      });
    else if (this.#key === '_class_name' || verdict === 'allowed' || LIBRARIES.test(module)) return;
    else if (this.#library !== undefined || !PIPELINES.test(module))
      this.#own(`${module}.${name}`, start, end);
  }

  #tell(report: Report): void {
    if (this.#found.length < MOST) this.#found.push(report);
  }

  #own(name: string, start: number, end: number): void {
    const isElsewhere = name.includes('--') || name.includes('/');
    this.#tell({
      rule: isElsewhere ? SETTINGS_RULES.remoteCode.id : SETTINGS_RULES.customCode.id,
      message: isElsewhere
        ? `the class ${shown(name, 80)} is fetched from another repository`
        : `the class ${shown(name, 80)} is of no library that is known: a module that comes along`,
      range: { start, end },
    });
  }
}
