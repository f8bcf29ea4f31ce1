import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ResponseStream as ClientStream } from 'openai/lib/responses/ResponseStream';
import { Refusal } from '../../base/refusal.ts';
import type { AnswerEvent, AnswerPart, Conversation } from '../../exchange/conversation.ts';
import { joinTexts } from '../translate.ts';
import { responses } from './responses.ts';
import { ResponseStream } from './responses-stream.ts';
import { responsesTranslator as translator } from './responses-translate.ts';

const prompt = responses.readPrompt({
  model: 'm',
  input: 'hi',
  stream: true,
  include: ['reasoning.encrypted_content'],
});

const text = fc.string({ minLength: 1, maxLength: 5 });
const piece: fc.Arbitrary<AnswerEvent> = fc.record({
  kind: fc.constantFrom('text' as const, 'refusal' as const, 'reasoning' as const),
  choice: fc.constant(0),
  text,
});
const calls = fc.array(fc.tuple(fc.constantFrom('f', 'g'), fc.array(text, { maxLength: 3 })), {
  maxLength: 3,
});

const answer = fc
  .tuple(fc.array(piece, { maxLength: 8 }), calls)
  .map(([pieces, called]): AnswerEvent[] => [
    { kind: 'start', id: '1', model: 'm', created: 5, usage: undefined },
    ...pieces,
    ...called.flatMap(([name, jsons], call): AnswerEvent[] => [
      { kind: 'tool-call', choice: 0, call, id: `call_${call}`, name },
      ...jsons.map((json): AnswerEvent => ({ kind: 'arguments', choice: 0, call, json })),
    ]),
    { kind: 'usage', usage: { input: 3, output: 4, cached: 1, reasoning: 2 } },
    { kind: 'stop', choice: 0, stop: called.length > 0 ? 'tool-calls' : 'stop' },
    { kind: 'end' },
  ]);

/** What the events say, kind by kind in order. */
function saidBy(events: readonly AnswerEvent[]): string[] {
  const said: string[] = [];
  let last = '';
  for (const event of events) {
    if (event.kind === 'text' || event.kind === 'refusal' || event.kind === 'reasoning') {
      if (last === event.kind) said[said.length - 1] += event.text;
      else said.push(`${event.kind} ${event.text}`);
      last = event.kind;
    } else if (event.kind === 'tool-call') {
      said.push(`call ${event.id} ${event.name} `);
      last = 'call';
    } else if (event.kind === 'arguments') said[said.length - 1] += event.json;
  }
  return said;
}

test('what is written is a stream that the gateway’s reader, the client and the reader of answers take', async () => {
  await fc.assert(
    fc.asyncProperty(answer, async (events) => {
      const writer = translator.writeStream(prompt);
      const wire = events.flatMap((event) => writer.write(event));
      const gateway = new ResponseStream(prompt);
      const read = wire.map((event) => gateway.read(event));
      assert.equal(read.at(-1)?.last, true);
      assert.deepEqual(read.at(-1)?.usage, { input: 3, output: 4, cached: 1, reasoning: 2 });

      const reader = translator.readStream();
      const back = wire.flatMap((event) => reader.read(event));
      assert.deepEqual(saidBy(back), saidBy(events));
      assert.equal(back.at(-1)?.kind, 'end');

      const lines = wire.map(({ data }) => `${data}\n`).join('');
      const body = new Response(lines).body as ReadableStream;
      const final = await ClientStream.fromReadableStream(body).finalResponse();
      const texts = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
      assert.equal(final.output_text, texts);
      assert.equal(final.status, 'completed');
    }),
    { numRuns: 60 },
  );
});

/** With the prototypes that literals have. */
const plain = (parts: AnswerPart[]): AnswerPart[] => parts.map((part) => ({ ...part }));

const part: fc.Arbitrary<AnswerPart> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text }),
  fc.record({ kind: fc.constant('refusal' as const), text }),
  fc.record({ kind: fc.constant('reasoning' as const), text }),
  fc.record({ kind: fc.constant('tool-call' as const), id: text, name: text, arguments: text }),
);

test('a whole answer is written and read as it was', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const written = translator.writeReply(
        {
          id: '1',
          model: 'm',
          created: 5,
          choices: [{ parts, stop: 'length' }],
          usage: { input: 1, output: 2 },
        },
        prompt,
      );
      responses.readReply(written, prompt);
      const { choices, usage, created } = translator.readReply(written);
      assert.deepEqual(joinTexts(choices[0]?.parts ?? []), plain(joinTexts(parts)));
      assert.deepEqual([choices[0]?.stop, created, usage?.output], ['length', 5, 2]);
    }),
  );
});

const REQUEST = {
  model: 'm',
  instructions: 'Be brief.',
  input: [
    { role: 'developer', content: 'And kind.' },
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'What is this?' },
        { type: 'input_image', image_url: 'data:image/png;base64,iVBORw==', detail: 'low' },
        { type: 'input_file', file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' },
      ],
    },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'I look.' }] },
    { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"at":1}' },
    { type: 'function_call_output', call_id: 'c1', output: 'a cat' },
    { role: 'user', content: 'And?' },
  ],
  tools: [
    { type: 'function', name: 'look', description: 'Looks.', parameters: { type: 'object' }, strict: true },
  ],
  tool_choice: { type: 'function', name: 'look' },
  parallel_tool_calls: false,
  max_output_tokens: 9,
  temperature: 0.5,
  top_p: 0.9,
  include: [],
  text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
  reasoning: { effort: 'low' },
};

test('a request is read, written and read as it was', () => {
  const read = (body: object) => {
    const copy = JSON.parse(JSON.stringify(body));
    return translator.readRequest(copy, responses.readPrompt(copy));
  };
  const conversation = read(REQUEST);
  assert.deepEqual(conversation.system, ['Be brief.', 'And kind.']);
  assert.deepEqual(
    conversation.turns.map(({ role, parts }) => [role, parts.map(({ kind }) => kind)]),
    [
      ['user', ['text', 'media', 'media']],
      ['assistant', ['reasoning', 'tool-call']],
      ['user', ['tool-result', 'text']],
    ],
  );
  const again = read(translator.writeRequest(conversation, 100));
  const bare = ({ turns, system, ...rest }: Conversation) => ({
    ...rest,
    system: system.join('\n\n'),
    // Reasoning is its maker's alone.
    turns: turns.map(({ role, parts }) => ({
      role,
      parts: [...parts].filter(({ kind }) => kind !== 'reasoning'),
    })),
  });
  assert.deepEqual(bare(again), bare(conversation));
});

test('what has no counterpart is refused by its field', () => {
  const cases: readonly [object, string][] = [
    [{ tools: [{ type: 'custom', name: 'f' }] }, '/tools/0/type'],
    [{ previous_response_id: 'resp_1' }, '/previous_response_id'],
    [{ text: { verbosity: 'low' } }, '/text/verbosity'],
    [{ include: ['message.output_text.logprobs'] }, '/include'],
    [
      { input: [{ type: 'message', role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] },
      '/input/0/content/0/file_id',
    ],
    [{ stranger: 1 }, '/(unknown)'],
  ];
  for (const [more, field] of cases) {
    const body = { model: 'm', input: 'hi', ...JSON.parse(JSON.stringify(more)) };
    const asked = responses.readPrompt(body);
    assert.throws(
      () => translator.readRequest(body, asked),
      (error: unknown) => error instanceof Refusal && error.code === 'unsupported' && error.field === field,
      field,
    );
  }
});
