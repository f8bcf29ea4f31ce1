import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { file as safetensors } from '../../src/formats/safetensors/samples.ts';
import { assemble } from '../../src/formats/zip/assemble.ts';
import { gatehouse, tempFolder } from '../harness/cli.ts';
import { cycloneDxSchema } from '../harness/cyclonedx.ts';
import { wrongIn } from '../harness/spdx.ts';

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
      const validate = cycloneDxSchema(version);
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

  test('SPDX 3.0.1 has what the specification asks, and claims no profile that it does not fill', async (t) => {
    const folder = tempFolder(t);
    model(folder);
    writeFileSync(join(folder, 'm/a “file” #1.txt'), 'x');
    writeFileSync(join(folder, 'osv.json'), JSON.stringify(ADVISORY));
    const spdx = async (...args: string[]) => {
      const { code, out, err } = await gatehouse(folder, ['bom', 'm', '--format', 'spdx', ...args]);
      assert.equal(code, 0, err);
      return JSON.parse(out) as Parameters<typeof wrongIn>[0];
    };
    const plain = await spdx('--osv', 'osv.json');
    assert.deepEqual(wrongIn(plain), []);
    const of = (graph: typeof plain, type: string) => graph['@graph'].filter((one) => one.type === type);
    const profiles = (graph: typeof plain) =>
      String(of(graph, 'SpdxDocument')[0]?.profileConformance).split(',');
    for (const type of [
      'ai_AIPackage',
      'dataset_DatasetPackage',
      'software_File',
      'software_Package',
      'security_Vulnerability',
    ])
      assert.ok(of(plain, type).length > 0, type);
    assert.ok(!profiles(plain).includes('ai'));
    const options = [
      '--name',
      'owner/m',
      '--model-version',
      '1.0',
      '--supplier',
      'Owner',
      '--released',
      '2026-01-31',
    ];
    const whole = await spdx(...options);
    assert.deepEqual(wrongIn(whole), []);
    assert.ok(profiles(whole).includes('ai'));
    assert.equal((await gatehouse(folder, ['bom', 'm', '--released', 'soon'])).code, 3);

    // Licences that SPDX has not, several of them, and a card that says things twice.
    writeFileSync(
      join(folder, 'm/README.md'),
      '---\nlicense: [other, mit, llama3.1 (c)]\nlicense_name: "my own"\ndatasets: [a/b, a/b]\nbase_model: [c/d, c/d]\n---\n',
    );
    const odd = await spdx();
    assert.deepEqual(wrongIn(odd), []);
    const [licence] = of(odd, 'simplelicensing_LicenseExpression');
    assert.equal(
      licence?.simplelicensing_licenseExpression,
      'LicenseRef-my-own AND MIT AND LicenseRef-llama3.1-c-',
    );
    const { out } = await gatehouse(folder, ['bom', 'm']);
    const validate = cycloneDxSchema('1.7');
    const isValid: boolean = validate(JSON.parse(out));
    assert.ok(isValid, JSON.stringify(validate.errors?.slice(0, 3)));
  });

  test('what is required, wherever it is said: in the bill, with where it comes from', async (t) => {
    const folder = tempFolder(t);
    model(folder);
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write(
      'm/requirements.txt',
      'torch==2.1.0+cu118\nx @ git+https://u:secret@example.com/x.git\n-r more\n-r ../out.txt\n',
    );
    write('m/more', 'flask==1.0\n');
    write('m/pyproject.toml', '[project]\ndependencies = ["numpy>=1"]\n');
    write('m/environment.yml', 'dependencies: [python=3.10]\n');
    write('out.txt', 'outside==1.0\n');
    write('osv.json', JSON.stringify(ADVISORY));
    const { code, out, err } = await gatehouse(folder, ['bom', 'm', '--osv', 'osv.json']);
    assert.equal(code, 0, err);
    const bom = JSON.parse(out);
    const validate = cycloneDxSchema('1.7');
    const isValid: boolean = validate(bom);
    assert.ok(isValid, JSON.stringify(validate.errors?.slice(0, 3)));
    assert.deepEqual(
      bom.components
        .filter((one: { type: string }) => one.type === 'library')
        .map(({ purl }: { purl: string }) => purl),
      [
        'pkg:pypi/flask@1.0',
        'pkg:pypi/numpy',
        'pkg:conda/python',
        'pkg:pypi/torch@2.1.0%2Bcu118',
        'pkg:pypi/x?vcs_url=git%2Bhttps%3A%2F%2Fexample.com%2Fx.git',
      ],
    );
    assert.ok(!out.includes('secret') && !out.includes('outside==') && !out.includes('pypi/outside'));
    assert.equal(bom.vulnerabilities[0].affects[0].ref, 'pkg:pypi/torch@2.1.0%2Bcu118');
    const property = (name: string) =>
      bom.metadata.component.properties.find((one: { name: string }) => one.name === `gatehouse:${name}`)
        ?.value;
    assert.equal(property('not-read'), 'requirements.txt: the list ../out.txt is not among the files');
    assert.equal(property('advisories'), '1');
  });

  test('nothing from outside of the folder is in the bill, but for the files of a cache', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const folder = tempFolder(t);
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, 'm'));
    mkdirSync(join(folder, 'elsewhere'));
    write('secret.md', 'What nobody else may read.\n');
    write('elsewhere/requirements.txt', 'internal-tool==1.0\n');
    symlinkSync('../secret.md', join(folder, 'm/README.md'));
    symlinkSync('../elsewhere', join(folder, 'm/sub'));
    const { out } = await gatehouse(folder, ['bom', 'm']);
    assert.ok(!out.includes('What nobody else') && !out.includes('internal-tool'), out);
    assert.match(out, /README\.md: a link that leads out of the folder/);
    assert.match(out, /sub\/requirements\.txt: a link that leads out of the folder/);
    const blob = 'a'.repeat(40);
    mkdirSync(join(folder, 'c/blobs'), { recursive: true });
    mkdirSync(join(folder, 'c/snapshots/1'), { recursive: true });
    write(`c/blobs/${blob}`, 'Writes letters.\n');
    symlinkSync(`../../blobs/${blob}`, join(folder, 'c/snapshots/1/README.md'));
    const cached = await gatehouse(folder, ['bom', 'c/snapshots/1']);
    assert.equal(JSON.parse(cached.out).metadata.component.description, 'Writes letters.');
  });

  test('a database with hostile and broken members counts for what can be read, and says what cannot', async (t) => {
    const folder = tempFolder(t);
    model(folder);
    const good = Buffer.from(JSON.stringify(ADVISORY));
    writeFileSync(
      join(folder, 'osv.zip'),
      assemble([
        { name: '../../escaped.json', data: good },
        { name: 'broken.json', data: good.subarray(0, 50) },
        {
          name: 'deep.json',
          data: Buffer.from(`{"id":"x","affected":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
        },
        { name: 'other.bin', data: Buffer.from([1, 2, 3]) },
      ]),
    );
    const { code, out, err } = await gatehouse(folder, ['bom', 'm', '--osv', 'osv.zip']);
    assert.equal(code, 0, err);
    assert.match(err, /not read: osv\.zip!broken\.json/);
    assert.match(err, /not read: osv\.zip!other\.bin/);
    assert.equal(JSON.parse(out).vulnerabilities[0].id, 'PYSEC-2024-1');
    assert.ok(!existsSync(join(folder, '../escaped.json')));
    const cut = readFileSync(join(folder, 'osv.zip'));
    writeFileSync(join(folder, 'cut.zip'), cut.subarray(0, cut.length - 60));
    const torn = await gatehouse(folder, ['bom', 'm', '--osv', 'cut.zip']);
    assert.match(torn.err, /not read: |no advisory/);
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
