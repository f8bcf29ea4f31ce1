import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { rulesOf, scanned } from './testing.ts';

const real = (name: string) =>
  readFileSync(new URL(`../../test/corpus/real/containers/${name}`, import.meta.url));
const module = (body: string) =>
  Buffer.from(
    `class Net(Module):\n  __parameters__ = []\n  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n    ${body}\n`,
  );

describe('TorchScript', () => {
  for (const name of ['script.pt', 'traced.pt'])
    it(`${name}: its source is read, and says nothing bad`, async () => {
      const { parts, findings } = await scanned(real(name), name);
      const sources = parts.filter(({ path }) => path.at(-1)?.endsWith('.py'));
      assert.ok(sources.length > 3);
      for (const { formats, ranges } of sources) {
        assert.deepEqual(formats, ['torchscript']);
        assert.ok(ranges.every(({ as }) => as === 'parsed'));
      }
      assert.deepEqual(
        findings.filter(({ rule }) => rule.startsWith('torchscript.')),
        [],
      );
    });

  for (const [call, rule] of [
    ['torch.save(x, "f")', 'torchscript.file-operation'],
    ['torch.from_file("/etc/passwd", False, 9)', 'torchscript.file-operation'],
    ['ops.aten.save(x, "f")', 'torchscript.file-operation'],
    ['ops.image.write_file("f", x)', 'torchscript.file-operation'],
    ['ops.image.read_file("f")', 'torchscript.file-operation'],
    ['ops.torchaudio.sox_io_save_audio_file("f", x)', 'torchscript.file-operation'],
    ['torch.distributed.rpc.rpc_sync("w", f, (x,))', 'torchscript.network-operation'],
    ['ops.evil.run(x)', 'torchscript.custom-operator'],
  ] as const)
    it(call, async () => assert.deepEqual(rulesOf(await scanned(module(call))), [rule]));

  for (const call of [
    'torch.conv2d(x)',
    'ops.quantized.linear(x)',
    'ops.prim.RaiseException("torch.save(x)")',
    'self.save(x)',
  ])
    it(`${call} is nothing`, async () => assert.deepEqual(rulesOf(await scanned(module(call))), []));

  it('Python in its place is read as Python', async () => {
    const code = Buffer.concat([module('return x'), Buffer.from('import os\nos.system("true")\n')]);
    assert.ok(rulesOf(await scanned(code)).some((rule) => rule.startsWith('code.')));
  });
});
