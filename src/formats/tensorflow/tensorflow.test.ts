import assert from 'node:assert/strict';
import test from 'node:test';
import { wire } from '../protobuf.ts';
import { isForeign } from '../tensorflow-operators.ts';
import { rulesOf, scanned } from '../testing.ts';
import { graph, node, savedModel, text, textTensor } from './samples.ts';

const relu = node('Relu', ['x']);
const constant = (path: string, name = 'c'): Uint8Array =>
  node('Const', [], { value: textTensor(path) }, name);

test('the same operator is found wherever it stands', async () => {
  for (const bytes of [
    savedModel(graph([node('ReadFile', ['x'])])),
    savedModel(graph([relu], [node('ReadFile', ['x'])])),
    graph([relu], [node('ReadFile', ['x'])]),
  ])
    assert.deepEqual(rulesOf(await scanned(bytes)), ['tensorflow.file-operator']);
});

test('a fixed path counts where an operator is given it, and not elsewhere', async () => {
  const save = node('SaveV2', ['c', 'n', 's', 'x']);
  assert.deepEqual(rulesOf(await scanned(graph([constant('/etc/cron.d/x'), save]))), [
    'tensorflow.foreign-path',
  ]);
  assert.deepEqual(rulesOf(await scanned(graph([constant('https://example.com/x'), save]))), [
    'tensorflow.foreign-path',
  ]);
  assert.deepEqual(rulesOf(await scanned(graph([constant('/etc/cron.d/x'), relu]))), []);
  assert.deepEqual(rulesOf(await scanned(graph([constant('model'), save]))), []);
});

test('a fixed path counts by whatever way it reaches an operator', async () => {
  const bad = constant('/etc/cron.d/x');
  const save = (input: string) => node('SaveV2', [input, 'n', 's', 'x']);
  for (const nodes of [
    [bad, node('StringJoin', ['empty', 'c:0'], {}, 'j'), save('j')],
    [save('i'), node('Identity', ['c'], {}, 'i'), bad],
    [bad, node('StatefulPartitionedCall', ['x', 'c'])],
    [bad, node('__inference_f_1', ['c'])],
  ])
    assert.deepEqual(rulesOf(await scanned(graph(nodes, [save('filename')]))), ['tensorflow.foreign-path']);
  assert.deepEqual(
    rulesOf(await scanned(graph([constant('https://example.com'), node('PartitionedCall', ['c'])]))),
    [],
  );
});

test('a path that the graph makes itself, and one that is packed, count as well', async () => {
  const save = node('SaveV2', ['p', 'n', 's', 'x']);
  const packed = wire.bytes(8, wire.number(1, 7), wire.bytes(2), wire.bytes(4, '\x0d/etc/cron.d/x'));
  for (const nodes of [
    [constant('L2V0Yy94'), node('DecodeBase64', ['c'], {}, 'p'), save],
    [constant('etc'), node('StringFormat', ['c'], { template: text('/{}/passwd') }, 'p'), save],
    [node('Const', [], { value: packed }, 'p'), save],
    [constant('/etc/x'), node('GatherV2', ['c', 'i'], {}, 'p'), save],
    [node('ImmutableConst', [], { memory_region_name: text('secrets.bin') })],
    [node('CopyHost', ['x'], { debug_ops_spec: text('DebugIdentity;grpc://example.com:1;0') })],
  ])
    assert.deepEqual(rulesOf(await scanned(graph(nodes))), ['tensorflow.foreign-path']);
});

test('operators count where they are called by the name of a function, or back from a compiled one', async () => {
  const call = (value: Uint8Array) => graph([relu, node('PartitionedCall', ['x'], { f: value })]);
  assert.deepEqual(rulesOf(await scanned(call(wire.bytes(10, wire.bytes(1, 'WriteFile'))))), [
    'tensorflow.file-operator',
  ]);
  assert.deepEqual(rulesOf(await scanned(call(wire.bytes(1, wire.bytes(9, wire.bytes(1, 'EagerPyFunc')))))), [
    'tensorflow.code-operator',
  ]);
  const compiled = node('XlaCallModule', ['x'], { module: text('\0xla_ffi_python_cpu_callback\0') });
  assert.deepEqual(rulesOf(await scanned(graph([relu, compiled]))), ['tensorflow.code-operator']);
});

test('fields of no schema, groups and fields of another kind hide nothing', async () => {
  const bad = graph([relu, node('ReadFile', ['x'])]);
  for (const strange of [
    wire.number(99, 1),
    wire.bytes(40, 'x'),
    Buffer.of(0xc3, 2, 8, 1, 0xc4, 2),
    wire.number(1, 7),
  ])
    for (const bytes of [
      Buffer.concat([strange, bad]),
      Buffer.concat([bad, strange]),
      savedModel(Buffer.concat([bad, strange])),
    ])
      assert.deepEqual(
        rulesOf(await scanned(bytes)).filter((rule) => rule !== 'protobuf.unknown-field'),
        ['tensorflow.file-operator'],
        Buffer.from(strange).toString('hex'),
      );
});

test('a path of one function is none of another', async () => {
  const bytes = graph([constant('/etc/x')], [node('SaveV2', ['c', 'n', 's', 'x'])]);
  assert.deepEqual(rulesOf(await scanned(bytes)), []);
});

test('paths', () => {
  for (const path of [
    '/etc/x',
    '~/x',
    'C:\\x',
    'gs://bucket/x',
    'file:///x',
    '../x',
    'a/../../x',
    '\\\\host\\x',
  ])
    assert.ok(isForeign(path), path);
  for (const path of ['variables/variables', 'part', '_temp', 'local://', 'ram://x', 'a..b'])
    assert.ok(!isForeign(path), path);
});

test('a file that is cut off anywhere is not clean', async () => {
  const whole = savedModel(graph([relu, constant('a')], [relu]));
  for (let at = 1; at < whole.length; at += 3)
    assert.notEqual((await scanned(whole.subarray(0, at))).verdict, 'clean', `cut at ${at}`);
});

test('bytes that were changed crash nothing', async () => {
  const whole = savedModel(graph([relu, node('ReadFile', ['x'])], [relu]));
  for (let at = 0; at < whole.length; at++) {
    const changed = Uint8Array.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 0x55;
    assert.ok(!rulesOf(await scanned(changed)).includes('file.reader-failed'), `at ${at}`);
  }
});
