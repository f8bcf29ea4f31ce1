import { setTimeout as pause } from 'node:timers/promises';
import type { Script } from '../harness/upstream.ts';
import { bytesOf, GONE, RawClient } from './clients.ts';
import { type Ask, either, type Fault, forwarded, type Outcome, stopped } from './fault.ts';
import { type Scene, until } from './scene.ts';
import { begins, says } from './upstream-scripts.ts';

/** Node's own parser refuses it: it never becomes a request, so there is no entry. */
const unread = (caller: string): Outcome => ({ caller, ledger: [], left: 0, paid: 'nothing' });

type Client = (
  client: RawClient,
  bytes: { head: string; body: string },
  ask: Ask,
  scene: Scene,
) => Promise<string>;

const raw = (act: Client, length?: number): NonNullable<Fault['client']> => {
  return async (scene, ask) => act(await RawClient.connect(scene), bytesOf(scene, ask, length), ask, scene);
};

/** Sends a text a few bytes at a time, for as long as it is listened to. */
async function dribble(client: RawClient, text: string): Promise<void> {
  for (let at = 0; at < text.length && !client.isClosed; at += 2) {
    client.send(text.slice(at, at + 2));
    await pause(30);
  }
}

const receiving = (
  what: string,
  outcome: Outcome,
  client: NonNullable<Fault['client']>,
  more: Partial<Fault> = {},
): Fault => ({
  step: 'receive',
  moment: 'before',
  what: `the caller ${what}`,
  client,
  expect: { plain: outcome },
  dialects: ['openai'],
  ...more,
});

const timedOut = stopped('408 request_timeout', 'refused, request_timeout');
const tooLarge = stopped('413 body_too_large', 'refused, body_too_large');

const head: readonly Fault[] = [
  receiving(
    'sends half of the headers, and leaves',
    unread(GONE),
    raw(async (client, { head }) => {
      client.send(head.slice(0, head.length >> 1));
      return client.leave();
    }),
  ),
  receiving(
    'sends half of the headers, and no more',
    unread('408 request_timeout'),
    raw((client, { head }, ask) => {
      client.send(head.slice(0, head.length >> 1));
      return client.closed(ask);
    }),
  ),
  receiving(
    'sends the headers two bytes at a time',
    unread('408 request_timeout'),
    raw(async (client, { head }, ask) => {
      await dribble(client, head);
      return client.closed(ask);
    }),
  ),
  receiving(
    'sends headers without end',
    unread('431 headers_too_large'),
    raw((client, { head }, ask) => {
      client.send(`${head.slice(0, -2)}x-long: ${'x'.repeat(20_000)}\r\n\r\n`);
      return client.closed(ask);
    }),
  ),
  receiving(
    'sends something that is not HTTP',
    unread('400 request_unreadable'),
    raw((client, _, ask) => {
      client.send('EHLO model\r\n\r\n');
      return client.closed(ask);
    }),
  ),
];

const body: readonly Fault[] = [
  receiving(
    'sends half of the body, and leaves',
    stopped(GONE, 'failed, client_gone'),
    raw(async (client, { head, body }, _, scene) => {
      client.send(head + body.slice(0, body.length >> 1));
      await until('the request is at work', () => scene.gate.open === 1);
      return client.leave();
    }),
  ),
  receiving(
    'sends half of the body, and no more',
    timedOut,
    raw((client, { head, body }, ask) => {
      client.send(head + body.slice(0, body.length >> 1));
      return client.closed(ask);
    }),
  ),
  receiving(
    'sends the body two bytes at a time',
    timedOut,
    raw(async (client, { head, body }, ask) => {
      client.send(head);
      await dribble(client, body);
      return client.closed(ask);
    }),
  ),
  receiving(
    'announces a body that is too long',
    tooLarge,
    raw((client, { head }, ask) => {
      client.send(head);
      return client.closed(ask);
    }, 70_000),
  ),
  receiving(
    'sends a body that is too long, in chunks of no announced length',
    tooLarge,
    raw((client, { head }, ask) => {
      client.send(head.replace(/content-length: \d+/, 'transfer-encoding: chunked'));
      client.send(`${(70_000).toString(16)}\r\n${' '.repeat(70_000)}\r\n`);
      return client.closed(ask);
    }),
  ),
  receiving(
    'sends something that is not HTTP behind a whole request',
    forwarded('200 “Hello”, then 400 request_unreadable', 'completed', 'the report'),
    raw(async (client, { head, body }, ask) => {
      client.send(head + body);
      await client.receives('Hello');
      client.send('EHLO model\r\n\r\n');
      return client.closed(ask);
    }),
    { moment: 'after' },
  ),
];

/** Runs a script, and tells whether the gateway has let the model server go. */
function watched(script: Script): { readonly script: Script; letGo: boolean } {
  const watch = {
    letGo: false,
    script: ((res, seen) => {
      res.once('close', () => {
        watch.letGo = true;
      });
      return script(res, seen);
    }) as Script,
  };
  return watch;
}

/** Leaves at a moment of its choice; the model server must not go on for nobody. */
const leaving = (
  script: Script,
  when: (client: RawClient, scene: Scene) => Promise<void>,
): NonNullable<Fault['client']> =>
  raw(async (client, { head, body }, _, scene) => {
    const watch = watched(script);
    const before = scene.upstream.seen.length;
    scene.upstream.script = watch.script;
    client.send(head + body);
    await until('the model server has the prompt', () => scene.upstream.seen.length > before);
    await when(client, scene);
    client.leave();
    await until('the model server is let go', () => watch.letGo);
    return GONE;
  });

/** More than the buffers of the system take for a client that does not read. */
const LONG = Array.from({ length: 1500 }, () => 'many words '.repeat(900));

/** Asks, and never reads the answer. */
const neverReads: NonNullable<Fault['client']> = raw(async (client, { head, body }, _, scene) => {
  client.stopReading();
  scene.upstream.script = says(...LONG);
  client.send(head + body);
  await client.letGo();
  return GONE;
});

const send: readonly Fault[] = [
  {
    step: 'send',
    moment: 'before',
    what: 'the caller leaves while the model server thinks',
    client: leaving(
      () => {},
      async () => {},
    ),
    expect: either(forwarded(GONE, 'failed, client_gone', 'the estimate')),
  },
  {
    step: 'send',
    moment: 'after',
    what: 'the caller has read the first words, and leaves',
    client: leaving(
      begins(() => {}),
      (client) => client.receives('Hel'),
    ),
    expect: { stream: forwarded(GONE, 'cut, client_gone', 'the estimate') },
  },
  {
    step: 'send',
    moment: 'after',
    what: 'the caller asks, and never reads the answer',
    client: neverReads,
    dialects: ['openai'],
    expect: {
      plain: forwarded(GONE, 'completed', 'the report'),
      stream: forwarded(GONE, 'cut, client_gone', 'the estimate'),
    },
  },
];

export const CLIENT_FAULTS: readonly Fault[] = [...head, ...body, ...send];
