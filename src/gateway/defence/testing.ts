import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import type { LedgerDesk } from '../../ledger/desk.ts';
import { CALIBRATION, CLASSES, FEATURES, SECRET, sampler, scoresOf } from '../../monitors/testing.ts';
import { type PredictionRule, RESPONSES } from '../../policy/predictions.ts';
import { Metrics } from '../metrics.ts';
import { Defence } from './defence.ts';
import type { Asked, StanceNews } from './desk.ts';
import type { Watched } from './lookout.ts';

export const DAY = 86_400_000;
const KEY = randomBytes(32);
export const WATCHED: Watched = {
  model: 'fraud',
  calibration: { monitors: CALIBRATION, accuracy: { share: 0.9, rows: 1000 } },
  secret: SECRET,
  digest: 'aa'.repeat(32),
};

export const rule = (more: Partial<PredictionRule> = {}): PredictionRule => ({
  place: 'predictions[0]',
  models: () => true,
  external: () => true,
  shapers: [],
  ladder: RESPONSES.map((respond) => ({
    respond,
    shapers: [],
    model: undefined,
    approval: respond === 'block',
  })),
  forget: 30 * DAY,
  patience: 20,
  budget: {},
  ...more,
});

/** A defence on a ledger, a clock and a policy of the test's. */
export function scene(
  t: TestContext,
  { key = KEY, folder = mkdtempSync(join(tmpdir(), 'gatehouse-defence-')) } = {},
) {
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const entries: JsonObject[] = [];
  const state = {
    now: Date.UTC(2026, 0, 1),
    rules: [rule()],
    news: [] as StanceNews[],
    broken: false,
    slow: false,
  };
  const ledger = {
    async append(entry: JsonObject) {
      if (state.broken) throw new Error('the disk is full');
      if (state.slow) await new Promise(() => {});
      entries.push(entry);
      return { seq: entries.length };
    },
  } as unknown as LedgerDesk;
  const log: string[] = [];
  const metrics = new Metrics({ open: () => 0, ledgerSize: () => 0, ledgerOpen: () => true });
  const defence = new Defence({
    folder,
    key,
    ledger,
    log: (level, message) => void log.push(`${level} ${message}`),
    metrics,
    clock: { now: () => state.now, tick: () => state.now },
    rules: () => state.rules,
  });
  defence.onNews = (news) => void state.news.push(news);
  t.after(() => defence.close());
  const kinds = (kind: string) => entries.filter((entry) => entry.kind === kind);
  return { defence, state, entries, kinds, log, metrics, folder };
}

let request = 0;
/** Rows that a caller asks, and what the model of the monitors' tests says of them. */
export function asked(id: string, rows: readonly Float32Array[], team = ''): Asked {
  return {
    model: 'fraud',
    version: '3',
    request: `req_${++request}`,
    caller: { id, name: `name of ${id}`, team, credential: 'key_1' },
    rows: Float32Array.from(rows.flatMap((row) => [...row])),
    features: FEATURES,
    scores: Float32Array.from(rows.flatMap((row) => [...scoresOf(row)])),
    classes: CLASSES,
  };
}

/** Small steps from one row, as of an attack by queries. */
export function attack(seed = 1): () => Float32Array {
  const start = sampler(seed)();
  let step = 0;
  return () => {
    step += 1;
    return start.map((value, at) => value + (at === step % FEATURES ? 0.05 * step : 0));
  };
}

export const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
