import fc from 'fast-check';
import type {
  AnswerEvent,
  Answered,
  AnswerPart,
  Conversation,
  StopReason,
  Turn,
} from '../../src/exchange/conversation.ts';

/** Conversations and answers that every chat API can hold. */

/** Texts that are easy to find again, in any script, with whatever JSON has to escape. */
const text = fc
  .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), fc.nat(1_000_000))
  .map(([said, mark]) => `${said}#${mark}`);
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/);
const textPart = fc.record({ kind: fc.constant('text' as const), text });

const picture = fc
  .oneof(
    fc.record({ base64: fc.stringMatching(/^(?:[A-Za-z0-9+/]{4}){1,4}$/) }),
    fc.record({ url: name.map((at) => `https://example.test/${at}.png`) }),
  )
  .map((source) => ({
    kind: 'media' as const,
    media: 'base64' in source ? 'image/png' : 'image/*',
    source,
  }));

/** Arguments as JSON.stringify writes them, which is how an API that has them as objects gives them back. */
const args = fc
  .dictionary(name, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)), { maxKeys: 3 })
  .map((object) => JSON.stringify(object));

const schema = fc.record({
  type: fc.constant('object'),
  properties: fc.record({ at: fc.record({ description: text }) }),
});

const round = (at: number): fc.Arbitrary<Turn[]> =>
  fc
    .record({
      asked: fc.array(fc.oneof(textPart, picture), { minLength: 1, maxLength: 3 }),
      said: fc.array(textPart, { maxLength: 1 }),
      calls: fc.array(fc.record({ name, args, result: fc.array(textPart, { maxLength: 2 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      after: fc.array(textPart, { maxLength: 1 }),
      answer: text,
    })
    .map(({ asked, said, calls, after, answer }): Turn[] => [
      { role: 'user', parts: asked },
      {
        role: 'assistant',
        parts: [
          ...said,
          ...calls.map((call, i) => ({
            kind: 'tool-call' as const,
            id: `call_${at}_${i}`,
            name: call.name,
            arguments: call.args,
          })),
        ],
      },
      {
        role: 'user',
        parts: [
          ...calls.map((call, i) => ({
            kind: 'tool-result' as const,
            callId: `call_${at}_${i}`,
            name: call.name,
            parts: call.result,
            failed: false,
          })),
          ...after,
        ],
      },
      { role: 'assistant', parts: [{ kind: 'text', text: answer }] },
    ]);

export const conversation: fc.Arbitrary<Conversation> = fc.record({
  model: fc.constant('m'),
  stream: fc.boolean(),
  system: fc.array(text, { maxLength: 2 }),
  turns: fc
    .tuple(fc.boolean(), round(0), round(1), text)
    .map(([two, first, second, last]): Turn[] => [
      ...first,
      ...(two ? second : []),
      { role: 'user', parts: [{ kind: 'text', text: last }] },
    ]),
  tools: fc.uniqueArray(
    fc.record({
      name,
      description: fc.option(text, { nil: undefined }),
      parameters: schema,
      strict: fc.option(fc.boolean(), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 3, selector: (tool) => tool.name },
  ),
  toolChoice: fc.oneof(fc.constantFrom('auto' as const, 'required' as const), fc.record({ name })),
  parallelTools: fc.option(fc.boolean(), { nil: undefined }),
  choices: fc.constant(1),
  maxOutput: fc.integer({ min: 1, max: 100_000 }),
  sampling: fc.record({
    temperature: fc.option(
      fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
      { nil: undefined },
    ),
    topP: fc.option(fc.constantFrom(0.5, 1), { nil: undefined }),
    stop: fc.option(fc.array(text, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  }),
  format: fc.constant(undefined),
  reasoning: fc.constant(undefined),
});

const STOPS: readonly StopReason[] = ['stop', 'length'];

/** Answers that every chat API can give: some text, then some calls. */
export const answered: fc.Arbitrary<Answered> = fc
  .record({
    reasoning: fc.array(text, { maxLength: 1 }),
    texts: fc.array(text, { maxLength: 1 }),
    calls: fc.array(fc.record({ name, args }), { maxLength: 3 }),
    stop: fc.constantFrom(...STOPS),
    usage: fc.record({
      input: fc.integer({ min: 100, max: 1000 }),
      output: fc.integer({ min: 100, max: 1000 }),
    }),
    cached: fc.integer({ min: 1, max: 50 }),
    thought: fc.integer({ min: 1, max: 50 }),
  })
  .map(({ reasoning, texts, calls, stop, usage, cached, thought }): Answered => {
    const parts: AnswerPart[] = [
      ...reasoning.map((said) => ({ kind: 'reasoning' as const, text: said })),
      ...texts.map((said) => ({ kind: 'text' as const, text: said })),
      ...calls.map((call, at) => ({
        kind: 'tool-call' as const,
        id: `call_${at}`,
        name: call.name,
        arguments: call.args,
      })),
    ];
    return {
      id: 'answer-1',
      model: 'm',
      created: 1_700_000_000,
      choices: [{ parts, stop: calls.length > 0 ? 'tool-calls' : stop }],
      usage: { ...usage, cached, reasoning: thought },
    };
  });

/** A whole answer as the events of a stream, each text in pieces of these lengths. */
export function inPieces(
  { id, model, created, choices, usage }: Answered,
  lengths: readonly number[],
): AnswerEvent[] {
  const events: AnswerEvent[] = [{ kind: 'start', id, model, created, usage: undefined }];
  let next = 0;
  const pieces = (whole: string): string[] => {
    const found: string[] = [];
    for (let at = 0; at < whole.length; ) {
      const length = lengths[next++ % lengths.length] ?? 1;
      found.push(whole.slice(at, at + length));
      at += length;
    }
    return found;
  };
  for (const [choice, { parts, stop, stopSequence }] of choices.entries()) {
    let call = 0;
    for (const part of parts) {
      if (part.kind === 'tool-call') {
        events.push({ kind: 'tool-call', choice, call, id: part.id, name: part.name });
        for (const json of pieces(part.arguments)) events.push({ kind: 'arguments', choice, call, json });
        call += 1;
      } else {
        for (const piece of pieces(part.text)) events.push({ kind: part.kind, choice, text: piece });
      }
    }
    events.push({ kind: 'stop', choice, stop, ...(stopSequence !== undefined && { stopSequence }) });
  }
  if (usage !== undefined) events.push({ kind: 'usage', usage });
  events.push({ kind: 'end' });
  return events;
}

/** The whole answer that events add up to. */
export function whole(events: readonly AnswerEvent[]): Answered {
  const parts: AnswerPart[] = [];
  let [id, model, stop, ended] = ['', '', 'stop' as StopReason, false];
  let created: number | undefined;
  let stopSequence: string | undefined;
  let usage: Answered['usage'];
  for (const event of events) {
    const last = parts.at(-1);
    if (ended) throw new Error('something comes after the end');
    switch (event.kind) {
      case 'start':
        ({ id, model, created } = event);
        usage = event.usage;
        break;
      case 'text':
      case 'refusal':
      case 'reasoning':
        if (last?.kind === event.kind) parts[parts.length - 1] = { ...last, text: last.text + event.text };
        else parts.push({ kind: event.kind, text: event.text });
        break;
      case 'signature':
        if (last?.kind !== 'reasoning') throw new Error('a signature of nothing');
        parts[parts.length - 1] = { ...last, signature: event.signature };
        break;
      case 'tool-call':
        parts.push({ kind: 'tool-call', id: event.id, name: event.name, arguments: '' });
        break;
      case 'arguments':
        if (last?.kind !== 'tool-call') throw new Error('arguments of nothing');
        parts[parts.length - 1] = { ...last, arguments: last.arguments + event.json };
        break;
      case 'stop':
        ({ stop, stopSequence } = event);
        break;
      case 'usage':
        ({ usage } = event);
        break;
      case 'end':
        ended = true;
    }
  }
  if (!ended) throw new Error('no end');
  return {
    id,
    model,
    ...(created !== undefined && { created }),
    choices: [{ parts, stop, ...(stopSequence !== undefined && { stopSequence }) }],
    usage,
  };
}

/** Every text of a conversation that its model reads. */
export function textsOf({ system, turns, tools, sampling }: Conversation): string[] {
  const found = [...system, ...(sampling.stop ?? [])];
  for (const tool of tools) found.push(tool.name, tool.description ?? '', ...strings(tool.parameters));
  for (const { parts } of turns) {
    for (const part of parts) {
      if (part.kind === 'tool-call') found.push(part.id, part.name, ...strings(JSON.parse(part.arguments)));
      else if (part.kind === 'tool-result')
        found.push(...part.parts.flatMap((one) => ('text' in one ? [one.text] : [])));
      else if (part.kind === 'media') found.push(...Object.values(part.source));
      else found.push(part.text);
    }
  }
  return found.filter((one) => one !== '');
}

/** Every string in a JSON value, and every string in those that are JSON themselves. */
export function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}
