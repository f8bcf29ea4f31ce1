import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const SCHEMAS = createRequire(import.meta.url)
  .resolve('@cyclonedx/cyclonedx-library/package.json')
  .replace(/package\.json$/, 'res/schema/');

/** The official schema of a version. */
export function cycloneDxSchema(version: '1.6' | '1.7') {
  const read = (name: string) =>
    JSON.parse(readFileSync(`${SCHEMAS}${name}.SNAPSHOT.schema.json`, 'utf8')) as object;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // RFC 3987: what no IRI has in clear.
  ajv.addFormat('iri-reference', /^[^\s<>"{}|\\^`\u0000-\u001f]*$/).addFormat('idn-email', true);
  for (const name of ['jsf-0.82', 'spdx', 'cryptography-defs'])
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  return ajv.compile(read(`bom-${version}`));
}
