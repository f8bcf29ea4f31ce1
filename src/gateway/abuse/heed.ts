import type { JsonObject } from '../../base/json.ts';
import { networkOf } from '../../base/network.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { Gate } from '../house.ts';
import type { Passage } from '../passage.ts';
import type { Look, Sighting } from './desk.ts';

/** A caller is known: whether they have to wait, and where they come from. */
export function watchCaller(passage: Passage, caller: Caller): void {
  const { gate, ask } = passage;
  const wait = gate.abuse.waits(caller.id);
  if (wait > 0) throw coolingDown(wait);
  const network = networkOf(ask.peer, 48);
  if (network === undefined) return;
  // Of a token only its issuer is named: the caller tells whose it is.
  const subject = `${caller.credential} ${caller.id}`;
  heed(passage, { check: 'networks', subject, item: network, about: aboutCaller(caller) });
}

/** A prompt was read; its digest is keyed, so that what is kept of it says nothing. */
export function watchPrompt(passage: Passage, caller: Caller, digest: string): void {
  heed(passage, { check: 'repeats', subject: caller.id, item: digest, about: aboutCaller(caller) });
}

/** Refusals that say that the request itself was wrong, not that it was too much or not allowed now. */
const OWN_FAULT: ReadonlySet<number> = new Set([400, 403, 404, 405, 413, 415, 422]);

/** A request of a known caller was refused; from the next one on they may have to wait. */
export function watchRefusal(passage: Passage, refusal: Refusal): void {
  const { record } = passage;
  const { callerId } = record;
  // What the model server answers is not known to be the caller's fault.
  if (callerId === undefined || !OWN_FAULT.has(refusal.status) || refusal.code.startsWith('upstream_'))
    return;
  const about = { caller: record.fact('caller') ?? callerId };
  see(passage, { check: 'invalid_requests', subject: callerId, about });
}

/**
 * A credential that is nobody's. Who tries many is told to wait, and so is everybody else of their network who has
 * none either; who has a valid one is let in all the same, since others may share the address.
 */
export function heedStrangers(passage: Passage, error: unknown): unknown {
  if (!(error instanceof Refusal) || error.code !== 'credential_invalid') return error;
  const network = networkOf(passage.ask.peer, 64);
  if (network === undefined) return error;
  const look = see(passage, { check: 'strangers', subject: network, about: { network } });
  return look.wait === undefined ? error : coolingDown(look.wait);
}

function heed(passage: Passage, sighting: Omit<Sighting, 'id'>): void {
  const { wait } = see(passage, sighting);
  if (wait !== undefined) throw coolingDown(wait);
}

function see({ gate, house, ask }: Passage, seen: Omit<Sighting, 'id'>): Look {
  const sighting = { ...seen, id: ask.id };
  const look = gate.abuse.see(house.settings.abuse, sighting);
  tellFinding(gate, sighting, look);
  return look;
}

/** A worker has seen something: it is counted here, for all of them. */
export function seeForWorker(gate: Gate, sighting: Sighting): void {
  tellFinding(gate, sighting, gate.abuse.see(gate.house.settings.abuse, sighting));
}

/** Into the ledger, once per episode. It is a sign, not a decision: the request does not wait for it. */
function tellFinding(gate: Gate, { check: seen, id, about }: Sighting, { finding }: Look): void {
  if (finding === undefined) return;
  // Networks are as many as a stranger can have: they share the entries of all strangers.
  if (seen === 'strangers' && !gate.strangers.admit()) return;
  const { check, action, count, window } = finding;
  gate.metrics.suspected(check, action);
  gate.ledger
    .append({ kind: 'caller.suspect', id, ...about, check, action, count, window_ms: window })
    .catch(() => {});
}

const aboutCaller = ({ id, name, team, credential }: Caller): JsonObject => ({
  caller: { id, name, team, credential },
});

const coolingDown = (wait: number): Refusal =>
  new Refusal('cooling_down', { retryAfter: Math.max(1, Math.ceil(wait / 1000)) });
