import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../src/base/json.ts';
import type { Operation, Translator } from '../../src/dialects/dialect.ts';
import { DIALECTS } from '../../src/dialects/index.ts';
import type { Conversation, Turn } from '../../src/exchange/conversation.ts';
import { answered, conversation, inPieces, strings, textsOf, whole } from './conversations.ts';

// The same promises of every translator, of today's dialects and tomorrow's.

const ASSUMED = 4096;
const RUNS = { numRuns: 60 };

/** Without fields that are undefined: on the wire they are not there either. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const translated = DIALECTS.flatMap(({ name, operations }) =>
  operations.flatMap((operation) =>
    operation.translator === undefined ? [] : [{ name, operation, translator: operation.translator }],
  ),
);

/** The request as its own dialect reads it, so that nothing is written that it would refuse. */
const asked = (operation: Operation, translator: Translator, body: JsonObject) => {
  const prompt = operation.readPrompt(body, 'm');
  return translator.readRequest(prompt.body, prompt);
};

for (const { name, operation, translator } of translated) {
  const promptOf = (stream: boolean) => {
    const turns = [{ role: 'user' as const, parts: [{ kind: 'text' as const, text: 'hi' }] }];
    const [sample] = fc.sample(conversation, { numRuns: 1, seed: 1 });
    assert.ok(sample);
    const given = { ...sayable(operation.id, sample), stream, turns };
    return operation.readPrompt(translator.writeRequest(given, ASSUMED), 'm');
  };

  test(`${operation.id}: a request that is written and read is the same`, () => {
    fc.assert(
      fc.property(conversation, (all) => {
        const given = sayable(operation.id, all);
        const body = plain(translator.writeRequest(given, ASSUMED));
        assert.deepEqual(plain(asked(operation, translator, body)), plain(given));
      }),
      RUNS,
    );
  });

  test(`${operation.id}: no text is lost, and none is made up`, () => {
    fc.assert(
      fc.property(conversation, (all) => {
        const given = sayable(operation.id, all);
        const body = plain(translator.writeRequest(given, ASSUMED));
        const written = strings(body).flatMap((one) => [one, ...inner(one)]);
        const known = textsOf(given);
        for (const one of known)
          assert.ok(
            written.some((all) => all.includes(one)),
            one,
          );
        const made = strings(body).filter(
          (one) => one.includes('#') && !known.some((all) => one.includes(all)),
        );
        assert.deepEqual(
          made.filter((one) => inner(one).length === 0),
          [],
        );
      }),
      RUNS,
    );
  });

  test(`${operation.id}: an answer that is written and read is the same`, () => {
    fc.assert(
      fc.property(answered, (given) => {
        const prompt = promptOf(false);
        const body = plain(translator.writeReply(given, prompt));
        operation.readReply(plain(body), prompt);
        assert.deepEqual(comparable(translator.readReply(body)), comparable(given));
      }),
      RUNS,
    );
  });

  if (operation.readStream === undefined) continue;
  test(`${name}: an answer streamed in any pieces adds up to the same`, () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(answered, lengths, (given, pieces) => {
        const prompt = promptOf(true);
        const reader = operation.readStream?.(prompt);
        const writer = translator.writeStream(prompt);
        const back = translator.readStream();
        const wire = inPieces(given, pieces).flatMap((event) => [...writer.write(event)]);
        const last = wire.map((event) => reader?.read(event).last);
        const events = wire.flatMap((event) => [...back.read(event)]);
        events.push(...(back.end?.() ?? []));
        assert.deepEqual(comparable(whole(events)), comparable(given));
        assert.deepEqual(last.indexOf(true), reader?.end === undefined ? last.length - 1 : -1);
      }),
      RUNS,
    );
  });
}

/** What of a conversation the endpoint has a word for. */
function sayable(id: string, given: Conversation): Conversation {
  const { sampling, tools } = given;
  switch (id) {
    case 'openai.responses':
      // One text of instructions, no stop sequences, and it says what others leave to their defaults.
      return {
        ...given,
        system: given.system.length > 1 ? [given.system.join('\n\n')] : given.system,
        sampling: { ...sampling, stop: undefined },
        tools: tools.map((tool) => ({ ...tool, strict: tool.strict ?? false })),
        turns: given.turns.map(withDetail),
      };
    case 'gemini.generate':
    case 'gemini.stream':
      // Streaming stands in the address.
      return {
        ...given,
        tools: tools.map((tool) => ({ ...tool, strict: undefined })),
        parallelTools: undefined,
        stream: id === 'gemini.stream',
      };
    default:
      return given;
  }
}

const withDetail = (turn: Turn): Turn =>
  ({
    ...turn,
    parts: turn.parts.map((part) => (part.kind === 'media' ? { ...part, detail: 'auto' } : part)),
  }) as Turn;

/** When it was made is said by some APIs only, and some want their own letters before an id. */
const comparable = ({ created: _, id, ...rest }: ReturnType<Translator['readReply']>) =>
  plain({ ...rest, id: id.replace(/^resp-/, '') });

/** Strings in a text that is JSON itself. */
function inner(text: string): string[] {
  try {
    return strings(JSON.parse(text));
  } catch {
    return [];
  }
}
