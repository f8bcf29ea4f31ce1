import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { file as safetensors } from '../../src/formats/safetensors/samples.ts';
import { assemble } from '../../src/formats/zip/assemble.ts';
import { gatehouse, tempFolder } from '../harness/cli.ts';

const require = createRequire(import.meta.url);
const SCHEMAS = require
  .resolve('@cyclonedx/cyclonedx-library/package.json')
  .replace(/package\.json$/, 'res/schema/');

/** The official schema of a version. */
function schemaOf(version: string) {
  const read = (name: string) =>
    JSON.parse(readFileSync(`${SCHEMAS}${name}.SNAPSHOT.schema.json`, 'utf8')) as object;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('iri-reference', true).addFormat('idn-email', true);
  for (const name of ['jsf-0.82', 'spdx', 'cryptography-defs'])
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  return ajv.compile(read(`bom-${version}`));
}

const ADVISORY = {
  id: 'PYSEC-2024-1',
  aliases: ['CVE-2024-1'],
  summary: 'bad',
  database_specific: { severity: 'HIGH' },
  affected: [
    {
      package: { ecosystem: 'PyPI', name: 'torch' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.6.0' }] }],
    },
  ],
};

function model(folder: string): void {
  mkdirSync(join(folder, 'm'));
  const write = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(folder, 'm', name), content);
  write(
    'README.md',
    '---\nlicense: mit\ndatasets: [owner/data]\nbase_model: owner/base\npipeline_tag: text-generation\n---\n# M\n\nWrites.\n\n## Limitations\n\nSome.\n',
  );
  write('config.json', '{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}');
  write(
    'model.safetensors',
    safetensors({ w: { dtype: 'F16', shape: [2, 4], data_offsets: [0, 16] } }, 16)(),
  );
  write('requirements.txt', 'torch==2.1.0\nnumpy>=1\n');
}

suite('gatehouse bom', () => {
  test('is valid by the official schemas, and says what the files and the card say', async (t) => {
    const folder = tempFolder(t);
    model(folder);
    writeFileSync(
      join(folder, 'osv.zip'),
      assemble([{ name: 'PYSEC-2024-1.json', data: Buffer.from(JSON.stringify(ADVISORY)) }]),
    );
    for (const [format, version] of [
      ['cyclonedx', '1.7'],
      ['cyclonedx-1.6', '1.6'],
    ] as const) {
      const { code, out, err } = await gatehouse(folder, [
        'bom',
        'm',
        '--name',
        'owner/m',
        '--osv',
        'osv.zip',
        '--format',
        format,
      ]);
      assert.equal(code, 0, err);
      const bom = JSON.parse(out);
      const validate = schemaOf(version);
      const isValid: boolean = validate(bom);
      assert.ok(isValid, JSON.stringify(validate.errors?.slice(0, 3)));
      const { component } = bom.metadata;
      assert.equal(component.modelCard.modelParameters.modelArchitecture, 'LlamaForCausalLM');
      assert.deepEqual(component.licenses, [{ license: { id: 'MIT' } }]);
      assert.equal(component.pedigree.ancestors[0].name, 'owner/base');
      const property = (name: string) =>
        component.properties.find((one: { name: string }) => one.name === `gatehouse:${name}`)?.value;
      assert.equal(property('parameters'), '8');
      assert.equal(property('scan:verdict'), 'clean');
      const weights = bom.components.find(({ name }: { name: string }) => name === 'model.safetensors');
      const digest = createHash('sha256')
        .update(readFileSync(join(folder, 'm/model.safetensors')))
        .digest('hex');
      assert.deepEqual(weights.hashes, [{ alg: 'SHA-256', content: digest }]);
      assert.equal(bom.vulnerabilities[0].id, 'PYSEC-2024-1');
      assert.deepEqual(bom.vulnerabilities[0].affects, [{ ref: 'pkg:pypi/torch@2.1.0' }]);
    }
  });

  test('SPDX has every element in one graph, each with its name', async (t) => {
    const folder = tempFolder(t);
    model(folder);
    const { code, out } = await gatehouse(folder, ['bom', 'm', '--format', 'spdx']);
    assert.equal(code, 0);
    const graph = JSON.parse(out)['@graph'] as {
      type: string;
      spdxId?: string;
      from?: string;
      to?: string[];
    }[];
    const ids = new Set(graph.map(({ spdxId }) => spdxId));
    assert.equal(ids.size, graph.length, 'one without a name: the creation');
    for (const { from, to = [] } of graph)
      for (const id of [...(from === undefined ? [] : [from]), ...to]) assert.ok(ids.has(id), id);
    for (const type of [
      'ai_AIPackage',
      'dataset_DatasetPackage',
      'software_File',
      'software_Package',
      'SpdxDocument',
    ])
      assert.ok(
        graph.some((one) => one.type === type),
        type,
      );
  });

  test('the same model gives the same bill, and diff tells what has changed', async (t) => {
    const folder = tempFolder(t);
    model(folder);
    const env = { SOURCE_DATE_EPOCH: '1700000000' };
    const first = await gatehouse(folder, ['bom', 'm', '-o', 'a.json'], env);
    const second = await gatehouse(folder, ['bom', 'm', '-o', 'b.json'], env);
    assert.deepEqual([first.code, second.code], [0, 0]);
    assert.equal(readFileSync(join(folder, 'a.json'), 'utf8'), readFileSync(join(folder, 'b.json'), 'utf8'));
    assert.deepEqual(await gatehouse(folder, ['bom', 'diff', 'a.json', 'b.json']), {
      code: 0,
      out: 'nothing has changed\n',
      err: '',
    });
    writeFileSync(join(folder, 'm/config.json'), '{"architectures": ["Other"], "model_type": "llama"}');
    await gatehouse(folder, ['bom', 'm', '-o', 'c.json'], env);
    const { code, out } = await gatehouse(folder, ['bom', 'diff', 'a.json', 'c.json']);
    assert.equal(code, 1);
    assert.match(out, /^changed {2}file config\.json: /m);
    assert.match(out, /modelArchitecture: LlamaForCausalLM → Other/);
  });

  test('wrong usage is told', async (t) => {
    const folder = tempFolder(t);
    mkdirSync(join(folder, 'empty'));
    const code = async (...args: string[]) => (await gatehouse(folder, ['bom', ...args])).code;
    assert.equal(await code(), 3);
    assert.equal(await code('nothing'), 4);
    assert.equal(await code('empty', '--osv', 'empty'), 3);
    writeFileSync(join(folder, 'x.json'), '{}');
    assert.equal(await code('diff', 'x.json', 'x.json'), 3);
    assert.equal(await code('diff', 'x.json', 'y.json'), 3);
  });
});
