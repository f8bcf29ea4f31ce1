import { chunks, type Script, sse } from '../harness/upstream.ts';

/** Something that a model server, or what it was made to say, could try on the way back. */
export interface Trick {
  readonly id: string;
  readonly origin: string;
  readonly path?: string;
  readonly stream?: boolean;
  /** The model server's answer with this text in it. */
  script(text: string): Script;
  /** The harmless twin, where it is another answer; `quiet`: its text is not for the client. */
  benign?(text: string): Script;
  readonly quiet?: boolean;
}

export const ERRORS =
  'Portkey gateway 1.15.2: errors repeat what they refuse; BerriAI/litellm, guardrail logging exposure';
export const MIXED = 'AISIX #204, #512: an answer in another form than was asked for went round the guards';

export const data = (text: string) => `data: ${text}\n\n`;
export const typed =
  (type: string, body: string | Buffer, headers: Record<string, string> = {}, status = 200): Script =>
  (res) =>
    void res.writeHead(status, { 'content-type': type, ...headers }).end(body);
export const hello = () => sse(chunks(['hello']));
