import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { REFUSALS } from '../src/base/refusal.ts';
import { Metrics } from '../src/gateway/metrics.ts';

/** The dashboards ask for metrics that there are, by labels that they have. */

const FOLDER = new URL('../deploy/grafana/', import.meta.url);

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
}

interface Board {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const boards = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Board);

const metrics = new Metrics({
  open: () => 0,
  ledgerSize: () => 0,
  ledgerOpen: () => true,
  ledgerCosigned: () => 0,
});
const known = new Map<string, readonly string[]>(
  metrics.registry.getMetricsAsArray().flatMap((metric) => {
    const { name, labelNames = [] } = metric as unknown as { name: string; labelNames?: string[] };
    return [
      [name, labelNames],
      ...['bucket', 'sum', 'count'].map((part) => [`${name}_${part}`, [...labelNames, 'le']] as const),
    ];
  }),
);

test('there are two dashboards', () => {
  assert.deepEqual(
    boards.map(({ title }) => title),
    ['Gatehouse: security and models', 'Gatehouse: traffic and guard'],
  );
});

for (const { title, panels } of boards)
  suite(title, () => {
    const asked = panels.flatMap((panel) => (panel.targets ?? []).map(({ expr }) => ({ panel, expr })));

    test('every metric in it exists, with the labels by which it is asked', () => {
      assert.ok(asked.length > 10);
      for (const { panel, expr } of asked) {
        const names = expr.match(/\b(?:gatehouse|process)_[a-z_]+/g) ?? [];
        assert.ok(names.length > 0, panel.title);
        const labels = new Set(
          names.flatMap((name) => known.get(name) ?? assert.fail(`${panel.title}: ${name}`)),
        );
        const wanted = [
          ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)),
          ...[...expr.matchAll(/[{,]\s*([a-z_]+)\s*(?:=~|!=|=)"/g)].map(([, name = '']) => name),
        ];
        for (const label of wanted) assert.ok(labels.has(label), `${panel.title}: ${label}`);
        let depth = 0;
        for (const char of expr) depth += char === '(' ? 1 : char === ')' ? -1 : 0;
        assert.equal(depth, 0, expr);
      }
    });

    test('every code that it asks for is one', () => {
      for (const { expr } of asked)
        for (const [, pattern = ''] of expr.matchAll(/code=~"([^"]*)"/g))
          for (const part of pattern.split('|')) {
            const matches = new RegExp(`^(?:${part})$`);
            assert.ok(
              Object.keys(REFUSALS).some((code) => matches.test(code)),
              part,
            );
          }
    });

    test('no panel lies on another, and each says what it shows', () => {
      const taken = new Set<string>();
      for (const { id, type, gridPos, description, title: name } of panels) {
        if (type !== 'row') assert.ok(description !== undefined && description !== '', name);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            assert.ok(x < 24 && !taken.has(`${x},${y}`), `${id}: ${name}`);
            taken.add(`${x},${y}`);
          }
      }
    });
  });
