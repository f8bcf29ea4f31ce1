import type { Seen } from '../harness/upstream.ts';
import type { Got, Lab, Send } from './lab.ts';
import { holds } from './search.ts';

/** An answer, and what reached the upstream for it. */
export interface Sent {
  readonly got: Got;
  readonly seen: readonly Seen[];
}

export async function send(lab: Lab, request: Send): Promise<Sent> {
  const before = lab.upstream.seen.length;
  const got = await lab.send(request);
  return { got, seen: lab.upstream.seen.slice(before) };
}

/** Where a text that nobody may see was seen, and whether a refused request was sent all the same. */
export function leaked({ got, seen }: Sent, text: string): string[] {
  const found: string[] = [];
  for (const { text: body, path, headers } of seen) {
    if (holds(body, text)) found.push('the text reached the model server');
    if (holds(JSON.stringify([path, headers]), text))
      found.push('the text reached the model server in its head');
  }
  if (holds(got.text, text)) found.push('the text reached the client');
  if (holds(JSON.stringify(got.headers), text)) found.push('the text reached the client in a header');
  if (seen.length > 0 && /prompt_blocked|media_refused/.test(got.text))
    found.push('it was refused, and sent all the same');
  return found;
}

/** A request that must be refused before any model server hears of it. */
export function passed({ got, seen }: Sent): string[] {
  const found: string[] = [];
  if (got.status < 400) found.push(`it was answered with ${got.status}`);
  if (seen.length > 0) found.push('it reached the model server');
  return found;
}
