import type { Passage } from './passage.ts';
import { isNamed } from './route.ts';

/** What the ledger is told of a request's end, metrics and log are told too. */
export function watchEnd(passage: Passage): void {
  const { gate, house, record, ask } = passage;
  record.onEnd = (outcome, code) => {
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
    }
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
