import assert from 'node:assert/strict';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ask, DialectName } from './fault.ts';
import type { Scene } from './scene.ts';
import { until } from './scene.ts';

/** Sends a request, reads the answer to its end, and says what it was. */
export async function readWhole(scene: Scene, ask: Ask, key = scene.gateway.key): Promise<string> {
  const headers = { ...ask.headers, authorization: `Bearer ${key}` };
  const answer = await scene.gateway.post(ask.path, ask.body, headers);
  let text = '';
  let broken = false;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of answer.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch {
    broken = true;
  }
  scene.told.push(text);
  const wait = answer.headers.get('retry-after');
  const after = `${wait === null ? '' : `, retry-after: ${wait}`}${broken ? ', then the connection broke' : ''}`;
  return describe(ask, answer.status, text) + after;
}

/** An answer in the words of the table. */
export function describe({ dialect }: Pick<Ask, 'dialect'>, status: number, text: string): string {
  if (text.startsWith('{')) {
    const body = JSON.parse(text) as Body;
    const code = codeOf(body);
    return code === undefined ? `${status} “${textOf(body)}”` : `${status} ${code}`;
  }
  return `${status} ${describeStream(dialect, text)}`;
}

function describeStream(dialect: DialectName, text: string): string {
  let said = '';
  let end = 'nothing more';
  for (const frame of text.split('\n\n')) {
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    if (data === undefined) continue;
    if (data === '[DONE]') {
      if (end !== 'cut as a guard does') end = 'the end';
      continue;
    }
    const body = JSON.parse(data) as Body;
    const code = codeOf(body);
    said += body.choices?.[0]?.delta?.content ?? (dialect === 'anthropic' ? (body.delta?.text ?? '') : '');
    if (code !== undefined) end = `the error ${code}`;
    const stop = body.choices?.[0]?.finish_reason ?? body.delta?.stop_reason;
    if (stop === 'content_filter' || stop === 'refusal') end = 'cut as a guard does';
    if (body.type === 'message_stop' && end === 'nothing more') end = 'the end';
  }
  return `“${said}”, then ${end}`;
}

interface Body {
  readonly type?: string;
  readonly error?: { readonly code?: string; readonly details?: { readonly error_code?: string } };
  readonly choices?: readonly {
    readonly message?: { readonly content?: string };
    readonly delta?: { readonly content?: string };
    readonly finish_reason?: string | null;
  }[];
  readonly content?: readonly { readonly text?: string }[];
  readonly delta?: { readonly text?: string; readonly stop_reason?: string | null };
}

const codeOf = ({ error }: Body): string | undefined => error?.code ?? error?.details?.error_code;
const textOf = ({ choices, content }: Body): string =>
  choices?.[0]?.message?.content ?? content?.map((block) => block.text ?? '').join('') ?? '';

/** A client that does what no library does. */
export class RawClient {
  readonly #socket: net.Socket;
  readonly #scene: Scene;
  #text = '';
  #closed = false;

  private constructor(scene: Scene, socket: net.Socket) {
    this.#scene = scene;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
    });
  }

  static async connect(scene: Scene): Promise<RawClient> {
    const { hostname, port } = new URL(scene.gateway.url);
    const socket = net.connect(Number(port), hostname);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawClient(scene, socket);
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  stopReading(): void {
    this.#socket.pause();
  }

  /** Goes without a word. */
  leave(): string {
    this.#socket.destroy();
    return GONE;
  }

  /** Waits until the gateway has given up on this client: one that does not read only notices when it writes. */
  async letGo(): Promise<void> {
    for (let tries = 0; !this.#closed; tries++) {
      assert.ok(tries < 50, 'the gateway holds on to a client that does not read');
      await pause(400);
      this.#socket.write(' ');
    }
  }

  /** Waits until so much text has come. */
  receives(part: string): Promise<void> {
    return until(`the client receives ${part}`, () => this.#text.includes(part));
  }

  /** Waits until the gateway closes the connection, and says what it had said. */
  async closed(ask: Ask): Promise<string> {
    await until('the gateway closes the connection', () => this.#closed);
    this.#scene.told.push(this.#text);
    const answers = this.#text.split(/(?=HTTP\/1\.1 \d{3} )/).filter((one) => one !== '');
    if (answers.length === 0) return 'the connection is closed';
    return answers
      .map((one) => describe(ask, Number(one.slice(9, 12)), one.slice(one.indexOf('\r\n\r\n') + 4)))
      .join(', then ');
  }
}

export const GONE = 'is gone';

/** A request as bytes: its head, and its body. */
export function bytesOf(
  scene: Scene,
  ask: Ask,
  length?: number,
): { readonly head: string; readonly body: string } {
  const body = JSON.stringify(ask.body);
  const headers = {
    host: new URL(scene.gateway.url).host,
    authorization: `Bearer ${scene.gateway.key}`,
    'content-type': 'application/json',
    'content-length': length ?? Buffer.byteLength(body),
    ...ask.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return { head: `POST ${ask.path} HTTP/1.1\r\n${lines.join('')}\r\n`, body };
}
