import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DIALECTS } from '../src/dialects/index.ts';
import { apiDocument } from '../src/gateway/admin/admin.ts';
import { GUARD_KINDS } from '../src/guards/index.ts';
import { scanPolicySchema } from '../src/lifecycle/scan/policy.ts';
import { pricesSchema } from '../src/policy/price-schema.ts';
import { policySchema } from '../src/policy/schema.ts';
import { settingsSchema } from '../src/settings/schema.ts';
import { ShaperList } from '../src/shapers/chain.ts';
import { trustSchema } from '../src/signing/trust-policy.ts';

const root = path.dirname(import.meta.dirname);

/**
 * The JSON Schemas (draft 2020-12) that editors check `gatehouse.yaml`, `policy.yaml`, `prices.yaml`, `gatehouse-scan.yaml` and
 * `trust.yaml` with, and the OpenAPI document of the admin API, by file name.
 */
export function schemas(): Record<string, string> {
  const kinds = new Map(GUARD_KINDS.map(({ kind, settings }) => [kind, settings]));
  return {
    'gatehouse.schema.json': write(settingsSchema(DIALECTS.map(({ name }) => name))),
    'policy.schema.json': write(policySchema(kinds, ShaperList)),
    'prices.schema.json': write(pricesSchema),
    'scan-policy.schema.json': write(scanPolicySchema),
    'trust.schema.json': write(trustSchema),
    'openapi.json': text(apiDocument()),
  };
}

const write = (schema: object): string =>
  text({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema });

const text = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

/** Names of the files that are not what {@link schemas} would write. */
export const stale = (): string[] =>
  Object.entries(schemas())
    .filter(([name, text]) => readIfThere(path.join(root, name)) !== text)
    .map(([name]) => name);

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(schemas())) writeFileSync(path.join(root, name), text);
}
