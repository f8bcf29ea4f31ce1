import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../../base/json.ts';
import { Problem } from '../../base/problem.ts';
import type { Drill } from '../../incidents/drill.ts';
import { type Attack, type AttackParts, attackOf } from './drill-attacks.ts';

/** What a drill is played with. */
export interface DrillOptions extends Omit<AttackParts, 'key'> {
  readonly drill: Drill;
  /** Of the caller that is made for it. */
  readonly role: string;
  /** Milliseconds until it must have been noticed. */
  readonly patience: number;
  /** One administrative act. Throws a Problem where it is refused. */
  readonly admin: (method: 'GET' | 'POST', path: string, body?: JsonObject) => Promise<JsonObject>;
  /** Milliseconds of a clock that only goes forward. */
  readonly tick: () => number;
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
  readonly opened: string;
  /** What its alerts have in common, as JSON. */
  readonly group: string | null;
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
    const began = Date.now();
    const attack = await attackOf(drill, { ...options, key: String(made.key) });
    const result = await play(options, caller, attack);
    await closeOthers(options, caller, attack, began);
    return result;
  } finally {
    if (drill.plays === 'queries') await forget(options, caller);
    await admin('POST', `/admin/v1/callers/${caller}/revoke`);
    await admin('POST', `/admin/v1/callers/${caller}/disable`);
    tell(`ended the caller ${name}`);
  }
}

async function play(options: DrillOptions, caller: string, attack: Attack): Promise<DrillResult> {
  const { drill, admin, tick, tell } = options;
  const start = tick();
  const since = () => Math.round(tick() - start);
  const { sent, blocked } = await attack.launch();
  tell(`sent ${sent} requests, ${blocked} blocked; waiting for an incident`);
  const result = { drill: drill.name, technique: drill.technique, caller, sent, blocked };
  const incident = await noticed(options, caller, start);
  const detect = incident && since();
  if (incident === undefined)
    return { ...result, incident: undefined, ms: { detect, contain: undefined, recover: undefined } };
  const path = `${INCIDENTS}/${incident.id}`;
  tell(`noticed: ${incident.id}`);
  // The playbook may have been faster.
  if (!(await attack.isHeld())) await admin('POST', `${path}/contain`, { ...attack.measure, caller });
  if (!(await attack.isHeld())) throw new Problem('findings', 'the caller is held, and still let in');
  const contain = since();
  tell('contained: the caller is refused');
  // Others may hold it too.
  for (const { id } of await aboutIt(options, caller)) await letGo(options, id);
  if (drill.plays === 'queries') await forget(options, caller);
  if (await attack.isHeld()) throw new Problem('findings', 'the caller was let go, and is still refused');
  for (const to of ['eradicated', 'recovered']) await admin('POST', `${path}/move`, { to });
  const recover = since();
  await admin('POST', `${path}/move`, { to: 'closed', resolution: 'resolved' });
  tell('recovered, and closed');
  return { ...result, incident: incident.id, ms: { detect, contain, recover } };
}

/** What monitors have against the caller: what others ask is judged without it. */
const forget = ({ admin }: DrillOptions, caller: string): Promise<unknown> =>
  // Where nothing stands against them that is said, and all is well.
  admin('POST', `/admin/v1/alarms/${caller}/clear`, {}).catch(() => undefined);

async function letGo({ admin }: DrillOptions, id: string): Promise<void> {
  const { measures } = (await admin('GET', `${INCIDENTS}/${id}`)) as unknown as IncidentShown;
  for (const { number } of measures.filter(({ state, reversible }) => state === 'held' && reversible))
    await admin('POST', `${INCIDENTS}/${id}/undo`, { measure: number });
}

/** One attack may be told of by several rules: what else was opened about the caller is the same. */
async function closeOthers(
  options: DrillOptions,
  caller: string,
  { networks }: Attack,
  began: number,
): Promise<void> {
  const groups = new Set(networks.map((network) => JSON.stringify({ network })));
  const ofNetworks = (await open(options)).filter(
    ({ group, opened }) => group !== null && groups.has(group) && Date.parse(opened) >= began,
  );
  for (const { id, state } of [...(await aboutIt(options, caller)), ...ofNetworks]) {
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
const aboutIt = async (options: DrillOptions, caller: string): Promise<IncidentShown[]> =>
  (await open(options)).filter(
    ({ drill, links }) => drill === options.drill.name && links.callers.includes(caller),
  );

async function open({ admin }: DrillOptions): Promise<IncidentShown[]> {
  const { incidents } = await admin('GET', `${INCIDENTS}?open=true`);
  const whole = await Promise.all(
    (incidents as unknown as IncidentShown[]).map(({ id }) => admin('GET', `${INCIDENTS}/${id}`)),
  );
  return whole as unknown as IncidentShown[];
}
