import { Refusal } from '../base/refusal.ts';
import { type Cleared, clear } from '../exchange/cleared.ts';
import type { Prompt, Reply } from '../exchange/exchange.ts';
import type { Opaque, Slot } from '../exchange/part.ts';
import { attribute, type Placed } from './attribution.ts';
import { Channel, type Inspection } from './channel.ts';
import type { Watch } from './posts.ts';
import type { Run } from './run.ts';
import { VerdictBook } from './verdicts.ts';

/** Starts the inspection of one prompt or reply. */
export function openInspection(watch: Watch, direction: 'prompt' | 'reply'): Inspection {
  const on = watch.posts.filter((post) => post.on[direction]);
  const off = watch.posts.filter((post) => !post.on[direction]);
  return { watch, book: new VerdictBook(on, off), direction, spent: new Map() };
}

/**
 * Every text of the request through every guard. Masks are written into the body; a block is thrown as a Refusal
 * (`prompt_blocked`, `guard_failed`, `media_refused`) after the verdict is in the book.
 */
export async function inspectPrompt(prompt: Prompt, inspection: Inspection): Promise<Cleared<Prompt>> {
  admitOpaque(prompt.opaque, inspection);
  await inspectSlots(prompt.slots, inspection);
  return clear(prompt);
}

/** The same for a whole reply, which comes back as it goes on the wire. */
export async function inspectReply(reply: Reply, inspection: Inspection): Promise<Cleared<string>> {
  admitOpaque(reply.opaque, inspection);
  await inspectSlots(reply.slots, inspection);
  return clear(JSON.stringify(reply.body));
}

/** The same for a text on its own (an upstream's error message). */
export async function inspectText(
  text: string,
  path: string,
  inspection: Inspection,
): Promise<Cleared<string>> {
  let cleared = text;
  const set = (value: string) => {
    cleared = value;
  };
  const slot: Slot = { path, provenance: 'other', format: 'text', text, fixed: false, delta: false, set };
  await inspectSlots([slot], inspection);
  return clear(cleared);
}

/** What no guard can read passes only where the policy names it, and is recorded as not inspected. */
export function admitOpaque(opaque: readonly Opaque[], inspection: Inspection): void {
  for (const { media, path } of opaque) {
    inspection.book.notInspected(media);
    if (inspection.watch.allowsMedia(media)) continue;
    inspection.book.verdicts.outcome = 'blocked';
    if (inspection.direction === 'reply') throw new Refusal('reply_blocked', { reasons: ['media.refused'] });
    throw new Refusal('media_refused', { field: path, reasons: ['media.refused'] });
  }
}

async function inspectSlots(slots: readonly Slot[], inspection: Inspection): Promise<void> {
  for (let i = 0; i < slots.length; ) {
    const slot = slots[i] as Slot;
    let next = i + 1;
    if (slot.joined !== undefined) while (slots[next]?.joined === slot.joined) next++;
    const texts: Placed[] = [];
    for (let k = i; k < next; k++)
      texts.push(await inspectSlot(slots[k] as Slot, inspection, texts.at(-1)?.end ?? 0));
    if (texts.length > 1) await inspectJoined(slots.slice(i, next), texts, inspection);
    i = next;
  }
}

async function inspectSlot(slot: Slot, inspection: Inspection, start: number): Promise<Placed> {
  inspection.book.text(slot.text.length);
  const channel = new Channel(inspection, slot, false);
  const out = channel.end(slot.text);
  const runs = out instanceof Promise ? await out : out;
  const cleared = written(runs);
  if (cleared !== slot.text) slot.set(cleared);
  return { start, end: start + cleared.length, cleared };
}

/** Texts that the model reads as one are read once more as one, for what lies across a seam. */
async function inspectJoined(
  slots: readonly Slot[],
  texts: readonly Placed[],
  inspection: Inspection,
): Promise<void> {
  const seams = texts.slice(1).map((text) => text.start);
  const channel = new Channel(inspection, slots[0] as Slot, false, seams);
  const fed = texts.map((text) => ({ start: text.start, end: text.end, cleared: '' }));
  attribute(await channel.end(texts.map((text) => text.cleared).join('')), fed, 0);
  for (const [i, slot] of slots.entries()) {
    const cleared = (fed[i] as Placed).cleared;
    if (cleared !== (texts[i] as Placed).cleared) slot.set(cleared);
  }
}

function written(runs: readonly Run[]): string {
  if (runs.length === 1) return (runs[0] as Run).raw;
  let text = '';
  for (const run of runs) text += run.raw;
  return text;
}
