// The guards as middleware of the Vercel AI SDK:
//
//   const model = wrapLanguageModel({ model: openai('gpt-4o'), middleware: guarded(createGuards()) });
import type { LanguageModelMiddleware } from 'ai';
import type { Guards, TextRedactor } from 'gatehouse/guards';

/** Prompts in which something is found go nowhere; secrets and personal data in answers are covered, streamed or not. */
export const guarded = (guards: Guards): LanguageModelMiddleware => ({
  async transformParams({ params }) {
    const { texts } = await guards.inspectMessages(params.prompt);
    const reasons = texts.flatMap(({ findings }) => findings.map(({ reason }) => reason));
    if (reasons.length > 0) throw new Error(`The prompt was blocked: ${[...new Set(reasons)].join(', ')}.`);
    return params;
  },

  async wrapGenerate({ doGenerate }) {
    const result = await doGenerate();
    const content: typeof result.content = [];
    for (const part of result.content) {
      if (part.type !== 'text' && part.type !== 'reasoning') content.push(part);
      else content.push({ ...part, text: (await guards.redact(part.text, { role: 'assistant' })).text });
    }
    return { ...result, content };
  },

  async wrapStream({ doStream }) {
    const { stream, ...rest } = await doStream();
    const open = new Map<string, TextRedactor>();
    return { ...rest, stream: stream.pipeThrough(new TransformStream({ transform: cover })) };

    async function cover(part: Part, out: TransformStreamDefaultController<Part>): Promise<void> {
      if (part.type === 'text-delta' || part.type === 'reasoning-delta') {
        const redactor = open.get(part.id) ?? guards.redactor();
        open.set(part.id, redactor);
        out.enqueue({ ...part, delta: await redactor.push(part.delta) });
        return;
      }
      if (part.type === 'text-end' || part.type === 'reasoning-end') {
        const { id } = part;
        const delta = (await open.get(id)?.end()) ?? '';
        open.delete(id);
        out.enqueue({ type: part.type === 'text-end' ? 'text-delta' : 'reasoning-delta', id, delta });
      }
      out.enqueue(part);
    }
  },
});

/** A piece of a streamed answer, as the SDK has it. */
type Streamed = Awaited<ReturnType<NonNullable<LanguageModelMiddleware['wrapStream']>>>;
type Part = Streamed['stream'] extends ReadableStream<infer P> ? P : never;
