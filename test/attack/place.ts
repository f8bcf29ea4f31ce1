import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Random } from '../../src/attacks/random.ts';
import type { AttackResult } from '../../src/lifecycle/attack/result.ts';
import { linear } from '../../src/lifecycle/attack/testing.ts';
import { gatehouse, tempFolder } from '../harness/cli.ts';

export const FEATURES = 6;

/** Rows between 0 and 1, and what {@link linear} says of them. */
export function rows(count: number): number[][] {
  const random = new Random(1);
  return Array.from({ length: count }, () => {
    const row = Array.from({ length: FEATURES }, () => Math.round(random.uniform() * 1000) / 1000);
    const sum = row.reduce((total, value, at) => total + (at < FEATURES / 2 ? value : -value), 0);
    return [...row, sum > 0 ? 1 : 0];
  });
}

export const HEADER = 'a,b,c,d,e,f,label';
export const csv = (data: readonly (readonly unknown[])[]): string =>
  `${HEADER}\n${data.map(String).join('\n')}\n`;

/** A folder with a model and data. */
export function place(t: TestContext, model: Uint8Array = linear(FEATURES), count = 40): string {
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'model.onnx'), model);
  writeFileSync(join(folder, 'data.csv'), csv(rows(count)));
  return folder;
}

export const ATTACK = ['attack', 'model.onnx', '--data', 'data.csv'];

export async function result(folder: string, args: readonly string[], code = 0): Promise<AttackResult> {
  const ran = await gatehouse(folder, [...args, '--json']);
  assert.equal(ran.code, code, ran.err);
  return JSON.parse(ran.out) as AttackResult;
}
