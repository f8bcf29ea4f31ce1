import { Problem } from '../base/problem.ts';
import type { Path } from '../base/schema.ts';
import type { AuthorizationEntry } from './authorization-schema.ts';
import { Documents } from './cedar/documents.ts';
import type { Engine } from './cedar/engine.ts';
import { isZone } from './cedar/moment.ts';
import { readDocuments, type Source } from './cedar/read.ts';

/** The sources of the Cedar documents, and the problems of finding them, which are reported. */
export function findDocuments(
  report: (path: Path, message: string) => void,
  { files = [], policies, time_zone: zone = 'UTC' }: AuthorizationEntry,
  options: { readonly file: string; readonly readFile: ((path: string) => string) | undefined },
): Source[] {
  if (!isZone(zone))
    report(['authorization', 'time_zone'], 'is no time zone that there is, such as Europe/Berlin');
  const sources: Source[] = [];
  for (const [index, name] of files.entries()) {
    if (files.indexOf(name) !== index) report(['authorization', 'files', index], 'is named twice');
    try {
      if (options.readFile === undefined) throw new Error('no files here');
      sources.push({ name: name.replace(/^\.\//, ''), text: options.readFile(name) });
    } catch {
      report(['authorization', 'files', index], 'cannot be read');
    }
  }
  if (policies !== undefined) sources.push({ name: `${options.file}(policies)`, text: policies });
  return sources;
}

/**
 * Throws `Problem('usage')` with every error in the documents.
 * @param load gives the engine, which is asked for where there are documents only
 */
export function openDocuments(
  load: (() => Engine) | undefined,
  sources: readonly Source[],
  zone = 'UTC',
): Documents | undefined {
  if (sources.length === 0) return undefined;
  if (load === undefined) throw new Problem('usage', 'Cedar documents cannot be read here');
  const engine = load();
  return new Documents(engine, readDocuments(engine, sources), zone);
}
