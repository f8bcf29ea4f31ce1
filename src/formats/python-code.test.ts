import assert from 'node:assert/strict';
import test from 'node:test';
import { pythonCalls } from './python-calls.ts';

const calls = (text: string): string[] =>
  pythonCalls(text).map(({ name, onImport }) => `${name}${onImport ? '' : ' later'}`);

test('calls are told by what they call, under whatever name', () => {
  for (const [code, name] of [
    ['import os\nos.system("x")', 'os.system'],
    ['import os as o\no.system("x")', 'os.system'],
    ['import a, os as o\no.system("x")', 'os.system'],
    ['from os import (path,\n  system as s)\ns("x")', 'os.system'],
    ['import os\ng = getattr(os, "sys" + "tem")\ng("x")', 'os.system'],
    ['__import__("o" "s").system("x")', 'os.system'],
    ['import importlib as i\ni.import_module("os").popen("x")', 'os.popen'],
    ['o = __import__("os")\no.system("x")', 'os.system'],
    ['getattr(__import__("os"), "system")("x")', 'os.system'],
    ['import builtins\nbuiltins.exec("x")', 'exec'],
    ['import os\nos.__dict__["sys" "tem"]("x")', 'os.system'],
    ['import os\nvars(os)["system"]("x")', 'os.system'],
    ['globals()["__builtins__"]["exec"]("x")', 'exec'],
    ['getattr(__builtins__, "ev" + "al")("1")', 'eval'],
    ['import sys\nsys.modules["os"].system("x")', 'os.system'],
    ['ｅｘｅｃ("x")', 'exec'],
    ['if True:\n  import os\n  os.system("x")', 'os.system'],
    ['class A:\n  x = __import__("os").system("x")', 'os.system'],
    ['x = 1; import os; os.system("x")', 'os.system'],
    ['import os\nos \\\n.system("x")', 'os.system'],
    ['import os\n(os\n.system)\nos.system ("x")', 'os.system'],
    ['import os\n@os.system\ndef f(): pass\nos.system(f"x{1}")', 'os.system'],
  ] as const)
    assert.ok(calls(code).includes(name), `${code} -> ${calls(code).join(', ')}`);
});

test('what a function does is told apart from what an import does', () => {
  const code =
    'import os\ndef f():\n    os.system("a")\n    if x:\n        os.popen("b")\nos.execv("c")\nasync def g(): os.abort()\nh = lambda: os.kill(1)\nos.nice(1)\n';
  assert.deepEqual(
    calls(code).filter((one) => one.startsWith('os.')),
    ['os.system later', 'os.popen later', 'os.execv', 'os.abort later', 'os.kill later', 'os.nice'],
  );
});

test('strings and comments call nothing', () => {
  assert.deepEqual(calls('"""os.system("x")"""\n# os.system("x")\nx = \'os.system("x")\'\ny = r"\\"\n'), []);
});

test('what is broken or huge is read in its time', () => {
  for (const code of [
    '"""',
    "'",
    '(((((',
    'def',
    'import',
    'from',
    'import os as',
    'a'.repeat(100_000),
    'a.'.repeat(100_000),
    '('.repeat(100_000),
    'getattr('.repeat(50_000),
    '__import__('.repeat(50_000),
    '\\'.repeat(100_000),
  ])
    assert.ok(calls(code).length <= 20_000);
});
