import { servePredictions } from '../../test/harness/predictions.ts';
import { answerJobs } from '../harness/child.ts';
import { contractOf, modelOf, type Subject } from './subject.ts';

const POLICY = `quotas:
  - { per: caller, requests: 100M/day, tokens: 100M/day, concurrency: 1000 }
  - { per: team, requests: 100M/day }
`;

// Everything on: key, role, quotas, contract, registry, a durable ledger, the model in a process of its own.
answerJobs(async (subject: Subject) => {
  const closing: (() => unknown)[] = [];
  const t = { after: (close: () => unknown) => void closing.push(close) };
  const gate = await servePredictions(t as never, {
    files: { 'fraud.yaml': contractOf(subject) },
    policy: POLICY,
  });
  process.once('SIGTERM', async () => {
    for (const close of closing) await close();
    process.exit(0);
  });
  gate.add(modelOf(subject));
  return { url: gate.url, path: '/v2/models/fraud/infer', key: gate.key };
});
