import type { Prompt } from '../../exchange/exchange.ts';
import { chunkFor } from './chat-chunk.ts';
import { ChunkStream } from './chunk-stream.ts';

/** Reads the chunks of one streamed chat. */
export class ChatStream extends ChunkStream {
  constructor(prompt: Prompt) {
    super(prompt, {
      shape: chunkFor(prompt),
      object: 'chat.completion.chunk',
      prefix: 'chatcmpl-',
      ending: { delta: {} },
    });
  }
}
