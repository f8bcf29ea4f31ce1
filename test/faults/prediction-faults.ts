import { readFileSync } from 'node:fs';
import type { Scene } from './prediction-scene.ts';

/** What came of one question, in the words of the table. */
export interface PredictionOutcome {
  readonly caller: string;
  readonly ledger: readonly string[];
}

export interface PredictionFault {
  readonly what: string;
  /** Meets the fault; says what the caller got. What it breaks, it mends. */
  meet(scene: Scene): Promise<string>;
  readonly expect: PredictionOutcome;
}

const answered: PredictionOutcome = { caller: '200', ledger: ['begin', 'end: completed'] };
const fails = (caller: string, end: string): PredictionOutcome => ({
  caller,
  ledger: ['begin', `end: failed, ${end}`],
});
const refused = (caller: string, why: string): PredictionOutcome => ({ caller, ledger: [`refused: ${why}`] });
const unrecorded = (...ledger: string[]): PredictionOutcome => ({ caller: '503 ledger_unavailable', ledger });

/** Processes that this one has started. */
export const children = (): number[] =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);

const signal = (name: NodeJS.Signals) => {
  for (const child of children()) process.kill(child, name);
};

export const PREDICTION_FAULTS: readonly PredictionFault[] = [
  {
    what: 'the caller sends a body that is too long',
    meet: (scene) => scene.ask(' '.repeat(11 * 2 ** 20)),
    expect: refused('413 body_too_large', 'refused, body_too_large'),
  },
  {
    what: 'the question does not fit the contract',
    meet: (scene) => scene.ask({ rows: [{ age: 17 }] }),
    expect: refused('400 request_invalid', 'refused, request_invalid'),
  },
  {
    what: 'the database of quotas cannot be written',
    meet: (scene) =>
      scene.breaking(scene.store.quotas, 'flushed', () => Promise.reject(new Error('injected'))),
    expect: fails('500 internal', 'internal'),
  },
  {
    what: 'the registry cannot be read',
    meet: (scene) =>
      scene.breaking(scene.store.models, 'find', () => {
        throw new Error('injected');
      }),
    expect: refused('500 internal', 'failed, internal'),
  },
  {
    what: 'the disk fails as the first entry is written',
    async meet(scene) {
      scene.disk.fault = { file: /\.jsonl$/, operation: 'write', how: 'before', code: 'EIO' };
      return scene.ask();
    },
    expect: unrecorded(),
  },
  {
    what: 'the disk fails as the last entry is written: the answer is withheld',
    async meet(scene) {
      signal('SIGSTOP');
      const asked = scene.ask();
      await scene.begun();
      scene.disk.fault = { file: /\.jsonl$/, operation: 'write', how: 'before', code: 'EIO' };
      signal('SIGCONT');
      return asked;
    },
    expect: unrecorded('begin'),
  },
  {
    what: 'the process of the model is killed while it works',
    async meet(scene) {
      signal('SIGSTOP');
      const asked = scene.ask();
      await scene.begun();
      signal('SIGKILL');
      return asked;
    },
    expect: fails('502 upstream_failed', 'upstream_failed'),
  },
  {
    what: 'the process of the model hangs: another takes its place',
    async meet(scene) {
      signal('SIGSTOP');
      return scene.ask();
    },
    expect: fails('504 upstream_timeout', 'upstream_timeout'),
  },
  {
    what: 'the model is revoked while it works: the next question is refused',
    async meet(scene) {
      signal('SIGSTOP');
      const asked = scene.ask();
      await scene.begun();
      scene.revoke();
      signal('SIGCONT');
      const first = await asked;
      return `${first}, next: ${await scene.ask()}`;
    },
    expect: {
      caller: '200, next: 404 model_unknown',
      ledger: [...answered.ledger, 'refused: refused, model_unknown'],
    },
  },
  {
    what: 'the sealed model is not what was sealed',
    async meet(scene) {
      scene.revoke();
      scene.add(Buffer.from('no model'));
      const said = await scene.ask();
      scene.revoke();
      return said;
    },
    expect: refused('502 upstream_failed', 'failed, upstream_failed'),
  },
  {
    what: 'what watches who asks throws',
    meet: (scene) =>
      scene.breaking(scene.defence, 'stanceOf', () => {
        throw new Error('injected');
      }),
    expect: refused('500 internal', 'failed, internal'),
  },
  {
    what: 'the server of the protocol refuses the connection',
    meet: (scene) => scene.ask(undefined, 'nobody'),
    expect: fails('502 upstream_unreachable', 'upstream_unreachable'),
  },
  {
    what: 'the server of the protocol never answers',
    meet: (scene) => scene.askServer(() => {}),
    expect: fails('504 upstream_timeout', 'upstream_timeout'),
  },
  {
    what: 'the server of the protocol answers with something else',
    meet: (scene) => scene.askServer((res) => void res.end('{"outputs": 7}')),
    expect: fails('502 upstream_invalid', 'upstream_invalid'),
  },
  {
    what: 'the server of the protocol refuses our key',
    meet: (scene) => scene.askServer((res) => void res.writeHead(401).end()),
    expect: fails('502 upstream_auth', 'upstream_auth'),
  },
];
