import type { Call, Told } from '../telemetry/told.ts';
import type { Trace } from '../telemetry/trace.ts';
import type { House } from './house.ts';
import type { Passage } from './passage.ts';
import type { Record } from './record.ts';
import { isNamed } from './route.ts';

/** What the ledger is told of a request's end, metrics and log are told too. */
export function watchEnd(passage: Passage): void {
  const { gate, house, record, ask } = passage;
  record.onEnd = (outcome, code, status) => {
    const operation = String(record.fact('operation') ?? 'none');
    const upstream = record.fact('upstream');
    // Only a model that the settings name is a label: the others are whatever a caller wrote.
    const asked = record.fact('model');
    const model = typeof asked === 'string' && isNamed(house, asked) ? asked : 'other';
    gate.metrics.ended(operation, model, outcome, record.ms / 1000);
    if (code !== undefined) gate.metrics.refused(code);
    const charge = record.settle() ?? undefined;
    if (charge !== undefined) gate.metrics.charged(model, record.team, charge, charge.cost);
    for (const direction of ['prompt', 'reply'] as const) {
      const book = record.books[direction];
      if (book === undefined) continue;
      gate.metrics.guards(direction, book.ms);
      for (const guard of book.verdicts.guards) {
        for (const { reason, action } of guard.findings) gate.metrics.found(reason, action);
      }
      for (const [reason, count] of Object.entries(book.verdicts.pseudonyms)) {
        gate.metrics.pseudonyms(direction, reason, count);
      }
    }
    if (passage.trace !== undefined)
      gate.telemetry?.ended(toldOf(passage, passage.trace, { outcome, code, status }));
    const ms = Math.round(record.ms * 10) / 10;
    gate.log(code === undefined ? 'info' : 'warn', 'request', {
      id: ask.id,
      operation,
      ...(record.callerId !== undefined && { caller: record.callerId }),
      ...(upstream !== undefined && { model, upstream: String(upstream) }),
      outcome,
      ...(code !== undefined && { code }),
      ms,
    });
  };
}

/** A request's end as telemetry is told of it. */
function toldOf(
  { gate, house, ask, record }: Passage,
  trace: Trace,
  end: Pick<Told, 'outcome' | 'code' | 'status'>,
): Told {
  const { ms, stages } = record;
  const operation = record.fact('operation');
  return {
    ...end,
    trace,
    id: ask.id,
    method: ask.method,
    https: house.settings.listen.tls !== undefined,
    operation: typeof operation === 'string' ? operation : undefined,
    start: gate.clock.now() - ms,
    ms,
    stages,
    // Before this stage nothing was sent to anybody.
    call: stages.some(({ name }) => name === 'record') ? callOf(house, record) : undefined,
  };
}

function callOf(house: House, record: Record): Call | undefined {
  const [name, asked, as] = [record.fact('upstream'), record.fact('model'), record.fact('as')];
  if (typeof name !== 'string' || typeof asked !== 'string') return undefined;
  const settings = house.settings.upstreams[name];
  const url = settings === undefined || settings.practice ? null : URL.parse(settings.url);
  return {
    dialect: settings?.dialect ?? 'other',
    upstream: name,
    model: typeof as === 'string' ? as : asked,
    label: isNamed(house, asked) ? asked : 'other',
    stream: record.fact('stream') === true,
    address: url?.hostname,
    port: url === null ? undefined : Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    usage: record.bill?.meter.usage,
  };
}
