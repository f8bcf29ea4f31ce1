import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RULES } from './index.ts';

const PAGE = join(import.meta.dirname, '../../../docs/gradients.md');

test('the manual lists the operators that there are rules for, and no others', () => {
  const rows = [...readFileSync(PAGE, 'utf8').matchAll(/^\| (standard|`[\w.]+`) \| (.+) \|$/gm)];
  const listed = rows.flatMap(([, domain = '', names = '']) =>
    names.split(', ').map((name) => `${domain === 'standard' ? '' : domain.replaceAll('`', '')}/${name}`),
  );
  assert.deepEqual(listed.toSorted(), RULES.map(({ domain, op }) => `${domain ?? ''}/${op}`).toSorted());
});
