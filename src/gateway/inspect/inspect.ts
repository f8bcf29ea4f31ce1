import { Refusal } from '../../base/refusal.ts';
import { type Cleared, clear } from '../../exchange/cleared.ts';
import type { Prompt, Reply } from '../../exchange/exchange.ts';
import type { Opaque, Slot } from '../../exchange/part.ts';
import type { Asked } from '../../guards/guard.ts';
import type { ReviewState } from '../../store/reviews.ts';
import { attribute, type Placed } from './attribution.ts';
import { Channel } from './channel.ts';
import { openDisguise } from './disguise.ts';
import type { Disguise, Inspection, Reviewed } from './inspection.ts';
import type { Watch } from './posts.ts';
import type { Run } from './run.ts';
import { VerdictBook } from './verdicts.ts';

/**
 * Starts the inspection of one prompt or reply.
 * @param disguise the same for both, so that the reply is given back what was taken from the prompt
 * @param asked for a reply: what it answers
 * @param reviewed where whoever opens it can hold the text for people to decide on
 */
export function openInspection(
  watch: Watch,
  direction: 'prompt' | 'reply',
  disguise: Disguise = openDisguise(),
  asked?: Asked,
  reviewed?: Reviewed,
): Inspection {
  return {
    watch,
    book: new VerdictBook(watch.posts, direction),
    direction,
    spent: new Map(),
    disguise,
    asked,
    reviewed,
  };
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

/**
 * The request once more, as a server of another dialect will read it: texts that stood apart in the prompt may be one
 * there. What the guards have read in the prompt is not read again by itself. Nothing is changed any more, so what would
 * be masked is blocked.
 */
export async function inspectSent(sent: Prompt, prompt: Prompt, inspection: Inspection): Promise<void> {
  const read = new Map<string, Set<string>>();
  for (const slot of prompt.slots) {
    const kinds = read.get(slot.text);
    if (kinds === undefined) read.set(slot.text, new Set([kindOf(slot)]));
    else kinds.add(kindOf(slot));
  }
  const isRead = (slot: Slot) => read.get(slot.text)?.has(kindOf(slot)) === true;
  await inspectSlots(sent.slots.map(asSent), inspection, isRead);
}

const kindOf = ({ provenance, format }: Slot): string => `${provenance} ${format}`;

/** Under a path that is told from those of the client's own body. */
const asSent = ({ path, provenance, format, text, joined }: Slot): Slot => ({
  path: `/(sent)${path}`,
  provenance,
  format,
  text,
  joined,
  fixed: true,
  delta: false,
  set: () => {
    throw new Refusal('internal');
  },
});

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

/** A reply that guards had read and held, and that was decided to pass. */
export function clearReviewed(state: ReviewState, text: string): Cleared<string> {
  if (state !== 'passed') throw new Refusal('internal');
  return clear(text);
}

/** What no guard can read passes only where the policy names it, and is recorded as not inspected. */
export function admitOpaque(opaque: readonly Opaque[], inspection: Inspection): void {
  for (const { media, path, hint } of opaque) {
    inspection.book.notInspected(media);
    if (inspection.watch.allowsMedia(media)) continue;
    inspection.book.verdicts.outcome = 'blocked';
    if (inspection.direction === 'reply') throw new Refusal('reply_blocked', { reasons: ['media.refused'] });
    throw new Refusal('media_refused', {
      field: path,
      reasons: ['media.refused'],
      ...(hint !== undefined && { hint }),
    });
  }
}

/** @param isRead the guards have read the text by itself before */
async function inspectSlots(
  slots: readonly Slot[],
  inspection: Inspection,
  isRead?: (slot: Slot) => boolean,
): Promise<void> {
  for (let i = 0; i < slots.length; ) {
    const slot = slots[i] as Slot;
    let next = i + 1;
    if (slot.joined !== undefined) while (slots[next]?.joined === slot.joined) next++;
    if (next === i + 1) {
      const cleared = isRead?.(slot) ? slot.text : inspectSlot(slot, inspection, false);
      if (typeof cleared !== 'string') await cleared;
    } else {
      const texts: string[] = [];
      for (let k = i; k < next; k++) {
        const part = slots[k] as Slot;
        texts.push(isRead?.(part) ? part.text : await inspectSlot(part, inspection, true));
      }
      await inspectJoined(slots.slice(i, next), texts, inspection);
    }
    i = next;
  }
}

/** JSON is decoded in pieces of this length, since each escape in it is a run of its own. */
const PIECE = 64 * 1024;

/** The cleared text; a promise only where a guard takes its time. */
function inspectSlot(slot: Slot, inspection: Inspection, again: boolean): string | Promise<string> {
  const { text } = slot;
  inspection.book.text(text.length);
  const channel = new Channel(inspection, slot, { streamed: false, again });
  if (slot.format === 'json' && text.length > PIECE) return inspectPieces(slot, channel);
  const out = channel.end(text);
  return out instanceof Promise ? out.then((runs) => write(slot, written(runs))) : write(slot, written(out));
}

async function inspectPieces(slot: Slot, channel: Channel): Promise<string> {
  let cleared = '';
  for (let at = 0; at < slot.text.length; at += PIECE) {
    cleared += written(await channel.push(slot.text.slice(at, at + PIECE)));
  }
  return write(slot, cleared + written(await channel.end()));
}

function write(slot: Slot, cleared: string): string {
  if (cleared !== slot.text) slot.set(cleared);
  return cleared;
}

/** Texts that the model reads as one are read once more as one, for what lies across a seam. */
async function inspectJoined(
  slots: readonly Slot[],
  texts: readonly string[],
  inspection: Inspection,
): Promise<void> {
  const fed: Placed[] = [];
  for (const text of texts) {
    const start = fed.at(-1)?.end ?? 0;
    fed.push({ start, end: start + text.length, cleared: '' });
  }
  const seams = fed.slice(1).map(({ start }) => start);
  const channel = new Channel(inspection, slots[0] as Slot, { streamed: false, seams });
  attribute(await channel.end(texts.join('')), fed, 0);
  for (const [i, slot] of slots.entries()) {
    const { cleared } = fed[i] as Placed;
    if (cleared !== texts[i]) slot.set(cleared);
  }
}

function written(runs: readonly Run[]): string {
  if (runs.length === 1) return (runs[0] as Run).raw;
  let text = '';
  for (const run of runs) text += run.raw;
  return text;
}
