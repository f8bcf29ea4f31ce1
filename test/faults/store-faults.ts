import { readWhole } from './clients.ts';
import { either, type Fault, forwarded, type Outcome, stopped } from './fault.ts';
import { says } from './upstream-scripts.ts';

const broken = (): never => {
  throw new Error('injected');
};

/** Nothing has left, but the ledger may have been told that it would. */
const unreserved: Outcome = {
  caller: '500 internal',
  ledger: ['begin', 'end: failed, internal'],
  left: 0,
  paid: 'nothing',
};

export const STORE_FAULTS: readonly Fault[] = [
  {
    step: 'identify',
    moment: 'before',
    what: 'the database of callers cannot be read',
    arrange: (scene) => scene.breaks(scene.gate.store.callers, 'lookup', broken),
    expect: either(stopped('500 internal', 'failed, internal')),
  },
  {
    step: 'identify',
    moment: 'after',
    what: 'the key is revoked while its request is at work: the next one is refused',
    async client(scene, ask) {
      const { callers } = scene.gate.store;
      const { caller, key } = callers.create({
        name: `passing-${ask.dialect}-${ask.way}`,
        owner: 'test',
        team: 'default',
        roles: ['app'],
        tags: {},
      });
      scene.upstream.script = (res, seen) => {
        callers.revoke(caller.id);
        return says('Hello')(res, seen);
      };
      const first = await readWhole(scene, ask, key);
      return `${first}, next: ${await readWhole(scene, ask, key)}`;
    },
    expect: {
      plain: {
        ...forwarded('200 “Hello”, next: 401 credential_invalid', 'completed', 'the report'),
        ledger: ['begin', 'end: completed', 'refused: refused, credential_invalid'],
      },
      stream: {
        ...forwarded('200 “Hello”, then the end, next: 401 credential_invalid', 'completed', 'the report'),
        ledger: ['begin', 'end: completed', 'refused: refused, credential_invalid'],
      },
    },
  },
  {
    step: 'reserve',
    moment: 'before',
    what: 'the database of quotas cannot be read',
    arrange: (scene) => scene.breaks(scene.gate.store.quotas, 'reserve', broken),
    expect: either(stopped('500 internal', 'failed, internal')),
  },
  {
    step: 'reserve',
    moment: 'before',
    what: 'the database of quotas cannot be written',
    arrange: (scene) => scene.breaks(scene.gate.store.quotas, 'flushed', async () => broken()),
    expect: either(unreserved),
  },
  {
    step: 'reserve',
    moment: 'after',
    what: 'the database of quotas reports a failed write, and has written',
    arrange: (scene) => {
      const { quotas } = scene.gate.store;
      const whole = quotas.flushed.bind(quotas);
      scene.breaks(quotas, 'flushed', () => whole().then(broken));
    },
    expect: either(unreserved),
  },
];
