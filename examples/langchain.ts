// The guards as steps of a LangChain.js chain:
//
//   const chain = prompt.pipe(inspected(guards)).pipe(model).pipe(new RedactingParser(guards));
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { BaseTransformOutputParser } from '@langchain/core/output_parsers';
import type { BasePromptValueInterface } from '@langchain/core/prompt_values';
import { RunnableLambda } from '@langchain/core/runnables';
import type { Guards, Message } from 'gatehouse/guards';

/** Lets a prompt through, or throws where something is found in any of its messages. */
export const inspected = (guards: Guards) =>
  RunnableLambda.from(async (prompt: BasePromptValueInterface) => {
    const messages = prompt.toChatMessages().map(
      (message): Message => ({
        role: message.type,
        content: typeof message.content === 'string' ? message.content : [...message.content],
        ...(AIMessage.isInstance(message) && { tool_calls: message.tool_calls ?? [] }),
      }),
    );
    const { texts } = await guards.inspectMessages(messages);
    const reasons = texts.flatMap(({ findings }) => findings.map(({ reason }) => reason));
    if (reasons.length > 0) throw new Error(`The prompt was blocked: ${[...new Set(reasons)].join(', ')}.`);
    return prompt;
  });

/** The text of an answer with secrets and personal data covered, whole or streamed. */
export class RedactingParser extends BaseTransformOutputParser<string> {
  override lc_namespace = ['gatehouse', 'guards'];
  readonly #guards: Guards;

  constructor(guards: Guards) {
    super();
    this.#guards = guards;
  }

  async parse(text: string): Promise<string> {
    return (await this.#guards.redact(text, { role: 'assistant' })).text;
  }

  override async *_transform(chunks: AsyncGenerator<string | BaseMessage>): AsyncGenerator<string> {
    const redactor = this.#guards.redactor();
    for await (const chunk of chunks) yield redactor.push(typeof chunk === 'string' ? chunk : chunk.text);
    yield redactor.end();
  }

  override getFormatInstructions(): string {
    return '';
  }
}
