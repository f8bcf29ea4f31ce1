import { shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';
import { SETTINGS_RULES } from '../settings-rules.ts';

/** What TorchServe brings itself. */
const OWN =
  /^(?:image_classifier|image_segmenter|object_detector|text_classifier|densenet_handler|base_handler)$/;
const OUTSIDE = /(?:^|[\\/])\.\.(?:[\\/]|$)|^(?:[\\/]|[A-Za-z]:|[a-z]+:\/\/)/;

/** Gathers what the manifest of an archive of TorchServe says (`MAR-INF/MANIFEST.json`) out of the walk over it. */
export class Archiver {
  readonly #names = new Map<string, string>();

  scalar(path: JsonPath, value: JsonScalar): void {
    if (path.length === 2 && path[0] === 'model' && typeof value === 'string' && this.#names.size < 100)
      this.#names.set(String(path[1]), value);
  }

  judge(part: Part): void {
    const names = this.#names;
    if (!names.has('modelName')) return;
    for (const name of [
      'handler',
      'serializedFile',
      'modelFile',
      'requirementsFile',
      'configFile',
      'extraFiles',
    ]) {
      const value = names.get(name);
      if (value === undefined) continue;
      const isOutside = OUTSIDE.test(value);
      if (!isOutside && (OWN.test(value) || !/^(?:handler|requirementsFile)$/.test(name))) continue;
      part.report({
        rule: SETTINGS_RULES.handler.id,
        message: `${name} is ${shown(value, 80)}${isOutside ? ', which is outside of the archive' : ''}`,
        ...(isOutside && { severity: 'high' }),
      });
    }
  }
}
