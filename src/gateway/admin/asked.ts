import Type, { type Static } from 'typebox';
import { timeOfRequest } from '../../base/ids.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import { entriesHolding } from '../../ledger/search.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { fields, orNull, Seq } from './parameters.ts';

/**
 * Requests of one page, and bytes that they came in, but for the last: what is kept of them is held in memory, as text that is
 * several times as long where tensors came as binary data.
 */
const PAGE = 200;
const PAGE_BYTES = 4 * 1024 * 1024;

const Asked = fields({
  model: Type.String(),
  caller: Type.String({ description: 'its name' }),
  from: Type.Optional(Type.Integer({ ...Seq, default: 0, description: 'the `next` of the page before' })),
});

/** What one caller asked of one model that classifies or scores, where it was kept: `?model=fraud&caller=partner&from=0`. */
export const askedEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/admin/v1/vault/asked',
    name: 'content.asked',
    summary: 'What one caller asked of one model, where it was kept',
    action: 'content.read',
    // Nothing is changed, but who reads is in the ledger before they do.
    changes: true,
    query: Asked,
    answer: Type.Object({
      requests: Type.Array(
        Type.Object({
          request: Type.String(),
          text: orNull(Type.String()),
          failed: orNull(Type.String()),
        }),
      ),
      next: orNull(Seq),
    }),
    async act(call) {
      const { vault } = call.gate;
      if (vault === undefined) throw new Refusal('conflict', { hint: 'The settings have no vault.' });
      const { requests, next } = await requestsOf(call);
      const kept = await vault.readAll(requests);
      return {
        requests: kept
          .filter(({ head }) => head.kind === 'prompt')
          .map(({ head, text, failed }) => ({
            request: head.request,
            text: text ?? null,
            failed: failed ?? null,
          })),
        next: next ?? null,
      };
    },
  }),
];

/** A page of a caller's requests, by when they came, and the entry that the next page begins with. */
async function requestsOf({
  house,
  query: { model, caller, from = 0 },
}: AdminCall<unknown, Static<typeof Asked>>): Promise<{
  readonly requests: ReadonlyMap<string, number>;
  readonly next: number | undefined;
}> {
  const { data, ledger } = house.settings;
  const requests = new Map<string, number>();
  let bytes = 0;
  const place = { from: from === 0 ? undefined : from, archive: ledger.archive?.to };
  const entries = entriesHolding(ledgerPaths(data).folder, `"model":${JSON.stringify(model)}`, place);
  for await (const { seq, kind, fields } of entries) {
    if (kind !== 'request.begin' || fields.model !== model || nameOf(fields) !== caller) continue;
    if (requests.size === PAGE || bytes >= PAGE_BYTES) return { requests, next: seq };
    const time = timeOfRequest(String(fields.id));
    if (time === undefined) continue;
    requests.set(String(fields.id), time);
    bytes += isObject(fields.request) ? Number(fields.request.bytes ?? 0) : 0;
  }
  return { requests, next: undefined };
}

const nameOf = ({ caller }: JsonObject): unknown => (isObject(caller) ? caller.name : undefined);
