// The guards as middleware of Express:
//
//   app.use(express.json());
//   app.post('/comments', inspected(createGuards(), ['text']), saveComment);
import type { RequestHandler } from 'express';
import type { Guards, InspectOptions } from 'gatehouse/guards';

/**
 * Answers 422 where something is found in one of these fields of a JSON body, and names it. What cannot be decided is an
 * error like any other, so that nothing passes unread.
 */
export const inspected =
  (guards: Guards, fields: readonly string[], about: InspectOptions = {}): RequestHandler =>
  async (req, res, next) => {
    const body = (req.body ?? {}) as Record<string, unknown>;
    for (const field of fields) {
      const value = body[field];
      if (value === undefined) continue;
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const { flagged, findings } = await guards.inspect(text, about);
      if (!flagged) continue;
      const reasons = [...new Set(findings.map(({ reason }) => reason))];
      res.status(422).json({ error: 'The text was not accepted.', field, reasons });
      return;
    }
    next();
  };
