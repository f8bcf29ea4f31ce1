import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { model, tensor } from '../../formats/onnx/samples.ts';
import { Named, Neighbours } from './beside.ts';
import { BOUNDS } from './bounds.ts';
import { NO_POLICY } from './no-policy.ts';
import { scan } from './scan.ts';
import { walk } from './walk.ts';

/** Weights of eight bits: nothing tells them from anything enciphered. */
const noise = (size: number) => Buffer.alloc(size, createHash('sha512').update('weights').digest());

const openvino = (...parts: readonly (readonly [offset: number, size: number])[]) =>
  `<?xml version="1.0"?><net name="n" version="11"><layers>${parts
    .map(
      ([offset, size], i) =>
        `<layer id="${i}" name="c${i}" type="Const" version="opset1"><data element_type="u8" shape="${size}" offset="${offset}" size="${size}"/></layer>`,
    )
    .join('')}</layers></net>`;
const onnx = (location: string, offset: number, length: number) =>
  model({ tensors: [tensor({ location, offset: `${offset}`, length: `${length}` }, [length / 4])] })();
const shards = (paths: readonly string[], ...sizes: readonly number[]) =>
  JSON.stringify({
    weightsManifest: [
      { paths, weights: sizes.map((size, i) => ({ name: `w${i}`, shape: [size], dtype: 'uint8' })) },
    ],
  });

describe('numbers beside their graph', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-beside-'));
  });
  after(() => rm(folder, { recursive: true }));

  let count = 0;
  /** What becomes of each file. */
  async function verdicts(
    files: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<Record<string, string>> {
    const one = join(folder, `${count++}`);
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(one, name, '..'), { recursive: true });
      await writeFile(join(one, name), content);
    }
    const result = await scan(walk([one], one), {
      version: '0',
      policy: NO_POLICY,
      baseline: [],
      over: [],
      bounds: BOUNDS,
      jobs: 1,
    });
    return Object.fromEntries(result.files.map(({ path, verdict }) => [path, verdict]));
  }

  it('of OpenVINO, ONNX and TensorFlow.js are data', async () => {
    const found = await verdicts({
      'a/net.xml': openvino([0, 300], [320, 200]),
      'a/net.bin': Buffer.concat([noise(300), Buffer.alloc(20), noise(200)]),
      'b/model.onnx': onnx('weights/model.data', 64, 400),
      'b/weights/model.data': Buffer.concat([Buffer.alloc(64), noise(400)]),
      'c/model.json': shards(['group1-shard1of2', 'group1-shard2of2'], 300, 500),
      'c/group1-shard1of2': noise(500),
      'c/group1-shard2of2': noise(300),
    });
    assert.deepEqual(new Set(Object.values(found)), new Set(['clean']), JSON.stringify(found));
  });

  it('without a graph nobody knows what they are', async () => {
    assert.deepEqual(await verdicts({ 'net.bin': noise(500) }), { 'net.bin': 'undecided' });
  });

  it('what the graph says nothing of is not read', async () => {
    const found = await verdicts({
      'a/net.xml': openvino([0, 500]),
      'a/net.bin': noise(540),
      'b/net.xml': openvino([0, 100], [200, 300]),
      'b/net.bin': noise(500),
      'c/other.xml': openvino([0, 500]),
      'c/net.bin': noise(500),
    });
    for (const letter of ['a', 'b', 'c']) assert.equal(found[`${letter}/net.bin`], 'undecided', letter);
  });

  it('a pickle is a pickle, whoever names it', async () => {
    const pickle = Buffer.from('\x80\x02cos\nsystem\nU\x04true\x85R.', 'latin1');
    const found = await verdicts({
      'net.xml': openvino([0, pickle.length]),
      'net.bin': pickle,
      'model.onnx': onnx('model.data', 0, 12),
      'model.data': Buffer.from('cos\nsystem\n(S"true"\ntR.'),
    });
    assert.equal(found['net.bin'], 'findings');
    assert.equal(found['model.data'], 'findings');
  });

  it('files outside, and those that are not there, are nobody’s', () => {
    const neighbours = new Neighbours([
      { path: 'a/w', size: 10 },
      { path: 'w', size: 10 },
    ]);
    neighbours.add('a/b/g', [{ files: ['../../../w', '../w'], ranges: [{ start: 0, end: 20 }] }]);
    assert.equal(neighbours.rangesOf('w'), undefined);
    assert.equal(neighbours.rangesOf('a/w'), undefined);
    neighbours.add('g', [{ files: ['w', './a/w'], ranges: [{ start: 5, end: 12 }] }]);
    assert.deepEqual(neighbours.rangesOf('w'), [{ start: 5, end: 10 }]);
    assert.deepEqual(neighbours.rangesOf('a/w'), [{ start: 0, end: 2 }]);
  });

  it('tensors one behind the other are one stretch, and there is an end of others', () => {
    const named = new Named();
    for (let i = 0; i < 1000; i++) named.add(['w'], 4 * i, 4 * i + 4);
    assert.deepEqual(named.all, [{ files: ['w'], ranges: [{ start: 0, end: 4000 }] }]);
    for (let i = 0; i < 100_000; i++) named.add(['w'], 10_000 + 8 * i, 10_000 + 8 * i + 4);
    assert.ok((named.all[0]?.ranges.length ?? 0) < 20_000);
  });
});
