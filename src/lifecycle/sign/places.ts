import { basename, dirname, join, relative, sep } from 'node:path';
import { isCanonicalName } from '../../signing/names.ts';

/** What belongs to version control, at the top of a model: other tools leave it out of signatures, so it is left out here. */
export const VERSION_CONTROL: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore'];

/** Where the signature of a model is: in its folder, or beside the file. */
export const signatureOf = (model: string, folder: boolean): string =>
  folder ? join(model, 'model.sig') : `${model}.sig`;

/** The signed result of the scan stands beside the signature: `model.scan.sig` beside `model.sig`. */
export function scanOf(signature: string): string {
  const name = basename(signature);
  return join(dirname(signature), name.endsWith('.sig') ? `${name.slice(0, -4)}.scan.sig` : `${name}.scan`);
}

/** The name of a file inside of a model; undefined where it is elsewhere. */
export function nameInside(model: string, file: string): string | undefined {
  const name = relative(model, file).split(sep).join('/');
  return isCanonicalName(name) ? name : undefined;
}
