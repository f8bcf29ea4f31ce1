import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACT, calibrationOf, classifier, KEY, rowsOf, WEIGHTS } from '../../harness/classifiers.ts';
import { inProcess } from '../../harness/models.ts';
import { servePredictions } from '../../harness/predictions.ts';
import { VAULT } from '../../review/place.ts';
import { startModel } from './model.ts';

const POLICY = `  chief:
    allow:
      - actions: ["callers.*", "people.*", "proposals.*", "policy.*", "config.*", "audit.*", "metrics.*", "incidents.*", "reviews.*", "registry.*", "alarms.*", "content.*", "vault.*"]
      - { actions: [models.list], models: ["*"] }
  small:
    allow: [{ actions: [chat, models.list], models: ["gpt-4o-mini"] }]
guards:
  - use: bounds
  - use: injection
    on: [prompt]
    action: block
  - use: secrets
    action: { prompt: block, reply: mask }
  - use: pii
    action: { prompt: mask, reply: mask }
  - use: patterns
    name: contracts
    on: [prompt]
    action: review
    patterns: [{ id: nightjar, words: [Nightjar] }]
content: { seal: both, blocked: true }
review: { hold: 0s }
predictions:
  - models: [fraud]
    shapers: [{ use: rounding, decimals: 3 }]
    patience: 20
    ladder:
      - respond: log
      - { respond: coarser, shapers: [{ use: rounding, decimals: 1 }] }
      - respond: block
`;

/** Programs that ask, as a company might have them. */
const PROGRAMS = [
  { name: 'shop-assistant', team: 'shop', owner: 'Mara Lind' },
  { name: 'support-copilot', team: 'support', owner: 'Jon Okafor' },
  { name: 'contract-reader', team: 'legal', owner: 'Ines Sato' },
  { name: 'code-review', team: 'platform', owner: 'Ravi Shah' },
  { name: 'partner-feed', team: 'partners', owner: 'Lena Brandt' },
];

/** The class of the highest score: what the model says of the row. */
const bestOf = (row: readonly number[]): number => {
  const scores = WEIGHTS.map((weights) =>
    weights.reduce((sum, weight, at) => sum + weight * (row[at] ?? 0), 0),
  );
  return scores.indexOf(Math.max(...scores));
};

/** A gateway with models of both kinds, guards that mask, block and hold, programs, and a report of a real attack. */
export async function scene(t: { after(end: () => unknown): void }) {
  const upstream = await startModel();
  t.after(() => upstream.close());
  const model = classifier();
  const file = createHash('sha256').update(model).digest('hex');
  const gateway = await servePredictions(
    t,
    {
      files: { 'fraud.yaml': CONTRACT, 'calibration.json': await calibrationOf(model) },
      upstreams: `  openai: { dialect: openai, url: "${upstream.url}/v1", key: k, models: [gpt-4o, gpt-4o-mini] }
  anthropic: { dialect: anthropic, url: "${upstream.url}", key: k, models: [claude-sonnet-4-5] }`,
      settings: VAULT,
      policy: POLICY,
      replace(whole) {
        // Its sealed files are the test's, so what is in them is too.
        const open = async () => ({ files: 1, bytes: model.length, signer: null, digests: new Set([file]) });
        return { ...whole, shelf: Object.assign(Object.create(whole.shelf ?? null), { open }) };
      },
    },
    `, calibration: calibration.json, calibration_key: "${KEY}"`,
  );
  gateway.add(model);
  const { callers } = gateway.gateway.gate.store;
  callers.update('admin', { roles: ['admin', 'chief'] });
  const programs = PROGRAMS.map((one) => {
    const { key, caller } = callers.create({ ...one, roles: ['app'], tags: {} });
    return { ...one, id: caller.id, key };
  });
  const { key: smallKey } = callers.create({
    ...{ name: 'intern-notebook', team: 'platform', owner: 'Ravi Shah' },
    ...{ roles: ['small'], tags: {} },
  });
  const admin = async (path: string, body: object) => {
    const answer = await fetch(`${gateway.url}/admin/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const said = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(said)}`);
    return said;
  };
  await attacked(gateway.folder, model, admin);
  return { ...gateway, programs, smallKey, admin };
}

/** A real attack on the model, kept with its version. */
async function attacked(
  folder: string,
  model: Uint8Array,
  admin: (path: string, body: object) => Promise<unknown>,
): Promise<void> {
  const { robustnessIn } = await import('../../../src/lifecycle/attack/report-file.ts');
  const { readFileSync } = await import('node:fs');
  writeFileSync(join(folder, 'fraud.onnx'), model);
  const rows = rowsOf(300, 7).map((row) => [...row, bestOf(row)].join(','));
  writeFileSync(join(folder, 'data.csv'), `a,b,c,d,label\n${rows.join('\n')}\n`);
  const line = 'attack fraud.onnx --data data.csv --epsilon 0.02,0.05,0.1,0.2 --out report --quiet';
  await inProcess(folder, line.split(' '), '0.1.0');
  const robustness = robustnessIn(readFileSync(join(folder, 'report/result.json')));
  await admin('registry/fraud@1/attacked', { root: '0'.repeat(64), robustness });
}
