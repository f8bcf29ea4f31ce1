import { defenceKeys, writeModelCalibration } from '../../src/defences/calibration.ts';
import { calibrateModel } from '../../src/lifecycle/calibration/calibrate-model.ts';
import { servePredictions } from '../../test/harness/predictions.ts';
import { answerJobs } from '../harness/child.ts';
import { contractOf, modelOf, rowsOf, type Subject } from './subject.ts';

/** What a gateway is measured with. */
export interface Job extends Subject {
  /** Monitors watch, and shapers change the answers. */
  readonly defended: boolean;
}

const KEY = 'a key of the benchmark, 4711';

const QUOTAS = `quotas:
  - { per: caller, requests: 100M/day, tokens: 100M/day, concurrency: 1000 }
  - { per: team, requests: 100M/day }
`;

/** As docs/shapers.md shows it. Alarms are told and change nothing: each question is to cost the same. */
const DEFENCE = `predictions:
  - models: [fraud]
    shapers:
      - { use: misinformation, threshold: 0.999 }
      - { use: dawn, rate: 0.002 }
      - { use: rounding, decimals: 2 }
    ladder: [{ respond: log }]
`;

// Everything on: key, role, quotas, contract, registry, a durable ledger, the model in a process of its own.
answerJobs(async (job: Job) => {
  const closing: (() => unknown)[] = [];
  const t = { after: (close: () => unknown) => void closing.push(close) };
  const model = modelOf(job);
  const gate = await servePredictions(
    t as never,
    {
      files: {
        'fraud.yaml': contractOf(job),
        ...(job.defended && { 'calibration.json': await calibrated(job, model) }),
      },
      policy: job.defended ? QUOTAS + DEFENCE : QUOTAS,
    },
    job.defended ? `, calibration: calibration.json, calibration_key: "${KEY}"` : '',
  );
  process.once('SIGTERM', async () => {
    for (const close of closing) await close();
    process.exit(0);
  });
  gate.add(model);
  return { url: gate.url, path: '/v2/models/fraud/infer', key: gate.key };
});

/** On rows of the same kind as those that are asked. */
async function calibrated(subject: Subject, model: Uint8Array): Promise<string> {
  const keys = defenceKeys(Buffer.from(KEY));
  const content = {
    kind: 'table' as const,
    columns: Array.from({ length: subject.features }, (_, at) => `x${at}`),
    rows: rowsOf(subject, 600, 100_000),
    place: (row: number) => `row ${row}`,
  };
  const data = { name: 'rows.csv', sha256: '', content };
  const options = { drop: [], scale: undefined, scores: 'score' };
  const { calibration } = await calibrateModel(model, data, keys, options);
  return writeModelCalibration(calibration, keys);
}
