import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { linearModel } from '../harness/predictions.ts';
import { answered, fails, type PredictionFault, refused, unrecorded } from './prediction-fault.ts';
import { PREDICTION_SERVER_FAULTS } from './prediction-server-faults.ts';

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
      scene.breaking(scene.store.models, 'standing', () => {
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
    what: 'the disk is full, and half of the first entry is on it',
    async meet(scene) {
      scene.disk.fault = { file: /\.jsonl$/, operation: 'write', how: 'half', code: 'ENOSPC' };
      return scene.ask();
    },
    expect: unrecorded(),
  },
  {
    what: 'the first entry is written, and is not durable',
    async meet(scene) {
      scene.disk.fault = { file: /\.jsonl$/, operation: 'sync', how: 'before', code: 'EIO' };
      return scene.ask();
    },
    expect: unrecorded(),
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
    what: 'the settings are read again while it works',
    async meet(scene) {
      signal('SIGSTOP');
      const asked = scene.ask();
      await scene.begun();
      const reloaded = scene.gateway.reload();
      signal('SIGCONT');
      await reloaded;
      return asked;
    },
    expect: answered,
  },
  {
    what: 'another version is activated, and cannot be run: the one before answers',
    async meet(scene) {
      scene.add(Buffer.from('no model'));
      const first = await scene.ask();
      const next = await scene.ask();
      scene.revoke();
      return `${first}, next: ${next}`;
    },
    expect: { caller: '200, next: 200', ledger: [...answered.ledger, ...answered.ledger] },
  },
  {
    what: 'the model answers what is no number',
    async meet(scene) {
      scene.revoke();
      scene.add(linearModel([Number.NaN, 0, 0], 0));
      const said = await scene.ask();
      scene.revoke();
      return said;
    },
    expect: fails('502 upstream_invalid', 'upstream_invalid'),
  },
  {
    what: 'the caller leaves while the model works',
    async meet(scene) {
      signal('SIGSTOP');
      const leave = new AbortController();
      const asked = scene.ask(undefined, 'fraud', leave.signal).catch(() => 'nothing');
      await scene.begun();
      leave.abort();
      const said = await asked;
      await pause(200);
      signal('SIGCONT');
      return said;
    },
    expect: { caller: 'nothing', ledger: ['begin', 'end: failed, client_gone'] },
  },
  ...PREDICTION_SERVER_FAULTS,
];
