import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { folded, linkReport, nameReports } from './member-names.ts';

const rules = (name: string) =>
  nameReports(name).map(({ rule, severity }) => (severity ? `${rule} ${severity}` : rule));

describe('names of members', () => {
  it('that stay within, and can be read, are fine', () => {
    for (const name of [
      'a',
      'a/b.pkl',
      './a',
      'a/../b',
      'ä/ß.pkl',
      '模型/权重.bin',
      '.format_version',
      'a b',
      'console',
      'nulls.txt',
    ])
      assert.deepEqual(rules(name), [], name);
  });

  it('that lead out are told', () => {
    for (const name of ['..', '../a', 'a/../../b', '/a', '\\\\host\\a', 'C:/a', 'a/..\\..\\b'])
      assert.ok(rules(name).includes('archive.slip'), name);
  });

  it('that deceive are told', () => {
    for (const name of ['a\0b', 'a\nb', 'a\u200bb', 'a\u202egpj.pkl', 'c:a'])
      assert.deepEqual(rules(name), ['archive.name'], JSON.stringify(name));
    for (const name of ['a\\b', 'nul', 'a/COM1.txt', 'aux.pkl'])
      assert.deepEqual(rules(name), ['archive.name low'], name);
  });

  it("that numpy's arrays may have are minor", () => {
    for (const name of ['w:0.npy', 'aux.npy', '/layer/kernel:0.npy'])
      for (const rule of rules(name)) assert.match(rule, / low$/, name);
    assert.deepEqual(rules('/../w.npy'), ['archive.slip']);
  });

  it('are the same for some, however they are written', () => {
    assert.equal(folded('A/ＤATA.pkl'), folded('a/data.PKL'));
    assert.equal(folded('e\u0301'), folded('é'));
  });
});

describe('links', () => {
  it('are minor where they stay within', () => {
    assert.deepEqual(linkReport('a/b', '../c').severity, 'low');
    assert.deepEqual(linkReport('a', 'b/../c').severity, 'low');
  });

  it('are told where they lead out', () => {
    for (const target of ['/etc', '../x', '../../x', 'b/../../x'])
      assert.equal(linkReport('a', target).rule, 'archive.slip', target);
    assert.equal(linkReport('a/b', '../../c').rule, 'archive.slip');
  });
});
