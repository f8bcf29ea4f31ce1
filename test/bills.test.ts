import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ModelBom } from '../src/bom/bom.ts';
import { readCard } from '../src/bom/card.ts';
import { writeCycloneDx } from '../src/bom/cyclonedx.ts';
import { diffBoms } from '../src/bom/diff.ts';
import { readRequirements } from '../src/bom/requirements.ts';
import { writeSpdx } from '../src/bom/spdx.ts';
import { cycloneDxSchema } from './harness/cyclonedx.ts';
import { wrongIn } from './harness/spdx.ts';

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
  fc.constantFrom('mit', 'a/b', 'https://e.com/<x> y', 'file:\u0000', '__proto__', '\u202e', 'x'),
);
const texts = fc.array(text, { maxLength: 4 });
const verdict = fc.constantFrom('clean', 'findings', 'undecided' as const);
const vulnerability = fc.record({
  id: text,
  aliases: texts,
  summary: fc.string(),
  severity: fc.option(text, { nil: undefined }),
});
const requirement = fc.tuple(
  fc.constantFrom('requirements.txt', 'package.json', 'environment.yml'),
  fc.constantFrom(
    'x',
    'torch==2.1.0',
    'x @ https://u:p@e.com/a b',
    'git+https://e.com/{x}.git',
    '{"dependencies": {"@a/<b>": "1.0.0", "": "git+ssh://e.com/x"}}',
    'dependencies: ["a b", "=", "n=1=2"]',
  ),
  fc.uniqueArray(vulnerability, { maxLength: 2, selector: ({ id }) => id }),
);

/** A bill of whatever a hostile model may say. */
const bill: fc.Arbitrary<ModelBom> = fc
  .record({
    name: text,
    version: fc.option(text, { nil: undefined }),
    supplier: fc.option(text, { nil: undefined }),
    released: fc.constantFrom('2026-01-31', undefined),
    front: fc.dictionary(
      fc.constantFrom(
        'license',
        'license_link',
        'license_name',
        'datasets',
        'base_model',
        'tags',
        'authors',
        'pipeline_tag',
        'language',
        'model-index',
        'co2_eq_emissions',
      ),
      fc.oneof(
        texts,
        text,
        fc.integer(),
        fc.constant([
          {
            results: [
              {
                metrics: [
                  { type: 'a', value: 1 },
                  { type: 'a', value: 1 },
                ],
              },
            ],
          },
        ]),
      ),
    ),
    paths: fc.uniqueArray(text, { maxLength: 4 }),
    facts: fc.dictionary(text, text, { maxKeys: 3 }),
    architectures: texts,
    requirements: fc.array(requirement, { maxLength: 4 }),
    unread: texts,
    verdict,
  })
  .map((one) => ({
    name: one.name,
    version: one.version,
    supplier: one.supplier,
    released: one.released,
    tool: { name: 'gatehouse', version: '0' },
    made: '2026-11-21T00:00:00Z',
    card: readCard(`---\n${JSON.stringify(one.front)}\n---\nA text.\n\n## Uses\n\nSome.\n`),
    facts: {
      architectures: [...new Set(one.architectures)],
      types: { F16: 8 },
      formats: ['safetensors'],
      more: one.facts,
      parameters: 8,
    },
    files: one.paths.map((path) => ({
      path,
      size: 1,
      sha256: '0'.repeat(64),
      formats: [],
      verdict: one.verdict,
      findings: ['zip.slip'],
      unread: 0,
    })),
    dependencies: one.requirements.flatMap(([path, list, vulnerabilities]) =>
      readRequirements(path, list).required.map((required) => ({ ...required, vulnerabilities })),
    ),
    unread: one.unread,
    advisories: 1,
    scan: { verdict: one.verdict, read: 1, unread: 0 },
  }));

test('whatever a model says of itself, its bills are valid', () => {
  const schemas = { '1.6': cycloneDxSchema('1.6'), '1.7': cycloneDxSchema('1.7') } as const;
  fc.assert(
    fc.property(bill, (bom) => {
      for (const version of ['1.6', '1.7'] as const) {
        const document = JSON.parse(JSON.stringify(writeCycloneDx(bom, version)));
        const isValid: boolean = schemas[version](document);
        assert.ok(isValid, JSON.stringify(schemas[version].errors?.slice(0, 2)));
        const refs = [
          document.metadata.component,
          ...document.components,
          ...(document.vulnerabilities ?? []),
        ];
        const names = refs.map((one: Record<string, string>) => one['bom-ref']);
        assert.equal(new Set(names).size, names.length, 'a name twice');
        assert.deepEqual(diffBoms(document, document), []);
      }
      const spdx = JSON.parse(JSON.stringify(writeSpdx(bom))) as Parameters<typeof wrongIn>[0];
      assert.deepEqual(wrongIn(spdx), []);
    }),
    { numRuns: 60 },
  );
});
