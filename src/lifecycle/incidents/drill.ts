import { randomBytes, randomInt } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../../base/json.ts';
import { Problem } from '../../base/problem.ts';
import type { Drill } from '../../incidents/drill.ts';

/** What a drill is played with. */
export interface DrillOptions {
  readonly drill: Drill;
  /** Where the gateway answers clients: `https://gate.example.com`. */
  readonly address: string;
  /** Certificates that are trusted beside those of the system, PEM. */
  readonly ca?: string | undefined;
  /** A model that the role may ask; undefined: the first that it is shown. */
  readonly model?: string | undefined;
  /** Of the caller that is made for it. */
  readonly role: string;
  /** Milliseconds until it must have been noticed. */
  readonly patience: number;
  /** One administrative act. Throws a Problem where it is refused. */
  readonly admin: (method: 'GET' | 'POST', path: string, body?: JsonObject) => Promise<JsonObject>;
  /** Milliseconds of a clock that only goes forward. */
  readonly tick: () => number;
  readonly signal: AbortSignal;
  readonly tell: (what: string) => void;
}

/** What it came to. Milliseconds since its first request. */
export interface DrillResult {
  readonly drill: string;
  readonly technique: string;
  readonly caller: string;
  /** Undefined: no incident was opened. */
  readonly incident: string | undefined;
  readonly sent: number;
  /** Requests that a guard kept from the model. */
  readonly blocked: number;
  readonly ms: {
    readonly detect: number | undefined;
    readonly contain: number | undefined;
    readonly recover: number | undefined;
  };
}

interface IncidentShown {
  readonly id: string;
  readonly drill: string | null;
  readonly state: string;
  readonly links: { readonly callers: readonly string[] };
  readonly measures: readonly {
    readonly number: number;
    readonly state: string;
    readonly reversible: boolean;
  }[];
}

const INCIDENTS = '/admin/v1/incidents';
/** Milliseconds between two looks whether it was noticed. */
const LOOK = 500;

/**
 * Plays an attack from a caller that is made for it, waits until an incident is opened about it, holds the caller, sees that it is
 * held, lets it go, sees that too, and closes the incident. The caller has ended when this returns or throws, however it went.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { drill, role, admin, tell } = options;
  const name = `drill-${drill.name}-${randomBytes(4).toString('hex')}`;
  const made = await admin('POST', '/admin/v1/callers', {
    ...{ name, team: 'drill', roles: [role], expires: '1h' },
    tags: { drill: drill.name },
  });
  const { id: caller } = made.caller as { readonly id: string };
  tell(`made the caller ${name}`);
  try {
    const result = await play(options, caller, String(made.key));
    await closeOthers(options, caller);
    return result;
  } finally {
    await admin('POST', `/admin/v1/callers/${caller}/revoke`);
    await admin('POST', `/admin/v1/callers/${caller}/disable`);
    tell(`ended the caller ${name}`);
  }
}

async function play(options: DrillOptions, caller: string, key: string): Promise<DrillResult> {
  const { drill, admin, tick, signal, tell } = options;
  const model = options.model ?? (await firstModel(options, key));
  const ask = (content: string) =>
    send(options, key, '/v1/chat/completions', { model, messages: [{ role: 'user', content }] });
  const start = tick();
  const since = () => Math.round(tick() - start);
  let [sent, blocked] = [0, 0];
  for (const prompt of drill.prompts(randomWord)) {
    signal.throwIfAborted();
    const { status } = await ask(prompt);
    sent += 1;
    if (status === 403) blocked += 1;
    // It was suspended meanwhile.
    if (status === 401) break;
  }
  tell(`sent ${sent} requests, ${blocked} blocked; waiting for an incident`);
  const result = { drill: drill.name, technique: drill.technique, caller, sent, blocked };
  const incident = await noticed(options, caller, start);
  const detect = incident && since();
  if (incident === undefined)
    return { ...result, incident: undefined, ms: { detect, contain: undefined, recover: undefined } };
  const path = `${INCIDENTS}/${incident.id}`;
  tell(`noticed: ${incident.id}`);
  // The playbook may have been faster.
  if ((await ask('Good morning.')).status !== 401)
    await admin('POST', `${path}/contain`, { action: 'suspend_caller', caller });
  if ((await ask('Good morning.')).status !== 401)
    throw new Problem('findings', 'the caller is held, and still let in');
  const contain = since();
  tell('contained: the caller is refused');
  // Others may hold it too.
  for (const { id } of await aboutIt(options, caller)) await letGo(options, id);
  if ((await ask('Good morning.')).status === 401)
    throw new Problem('findings', 'the caller was let go, and is still refused');
  for (const to of ['eradicated', 'recovered']) await admin('POST', `${path}/move`, { to });
  const recover = since();
  await admin('POST', `${path}/move`, { to: 'closed', resolution: 'resolved' });
  tell('recovered, and closed');
  return { ...result, incident: incident.id, ms: { detect, contain, recover } };
}

async function letGo({ admin }: DrillOptions, id: string): Promise<void> {
  const { measures } = (await admin('GET', `${INCIDENTS}/${id}`)) as unknown as IncidentShown;
  for (const { number } of measures.filter(({ state, reversible }) => state === 'held' && reversible))
    await admin('POST', `${INCIDENTS}/${id}/undo`, { measure: number });
}

/** One attack may be told of by several rules: what else was opened about the caller is the same. */
async function closeOthers(options: DrillOptions, caller: string): Promise<void> {
  for (const { id, state } of await aboutIt(options, caller)) {
    await letGo(options, id);
    // What was contained goes on to triage first: it was not recovered by itself.
    if (state !== 'new' && state !== 'triage')
      await options.admin('POST', `${INCIDENTS}/${id}/move`, { to: 'triage' });
    await options.admin('POST', `${INCIDENTS}/${id}/move`, { to: 'closed', resolution: 'duplicate' });
  }
}

/** The incident that was opened about the caller, once there is one. */
async function noticed(
  options: DrillOptions,
  caller: string,
  start: number,
): Promise<IncidentShown | undefined> {
  const { tick, patience, signal } = options;
  for (;;) {
    signal.throwIfAborted();
    const [found] = await aboutIt(options, caller);
    if (found !== undefined) return found;
    if (tick() - start > patience) return undefined;
    await setTimeout(LOOK, undefined, { signal });
  }
}

/** Open incidents of this drill about its caller. */
async function aboutIt({ drill, admin }: DrillOptions, caller: string): Promise<IncidentShown[]> {
  const { incidents } = await admin('GET', `${INCIDENTS}?open=true`);
  const drills = (incidents as unknown as IncidentShown[]).filter((one) => one.drill === drill.name);
  const whole = await Promise.all(drills.map(({ id }) => admin('GET', `${INCIDENTS}/${id}`)));
  return (whole as unknown as IncidentShown[]).filter(({ links }) => links.callers.includes(caller));
}

async function firstModel(options: DrillOptions, key: string): Promise<string> {
  const { text } = await send(options, key, '/v1/models');
  try {
    const { data } = JSON.parse(text) as { readonly data: readonly { readonly id: string }[] };
    const found = data.find(({ id }) => !id.includes('*'))?.id;
    if (found !== undefined) return found;
  } catch {
    // What is no list of models names none.
  }
  throw new Problem('usage', 'it is not known which model to ask', 'Name one with --model.');
}

function send(
  { address, ca, signal }: DrillOptions,
  key: string,
  path: string,
  body?: JsonObject,
): Promise<{ readonly status: number; readonly text: string }> {
  const url = new URL(path, address);
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const req = request(
      url,
      {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        timeout: 60_000,
        signal,
        ...(ca !== undefined && { ca }),
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    req.on('timeout', () => req.destroy(new Error('no answer')));
    req.on('error', (cause) =>
      reject(
        signal.aborted
          ? cause
          : new Problem(
              'environment',
              `the gateway does not answer at ${address}`,
              'Name it with --url.',
              cause,
            ),
      ),
    );
    req.end(body && JSON.stringify(body));
  });
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const randomWord = (length: number): string =>
  Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
