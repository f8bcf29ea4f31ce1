import type { StreamEvent } from '../../exchange/exchange.ts';
import type { Slot } from '../../exchange/part.ts';
import type { Found, Guard, Reader } from '../../guards/guard.ts';
import type { GuardPost, Watch } from './posts.ts';

/** Pieces for the tests of this folder. A guard that looks for one word, exact to the character. */
export function wordGuard(word: string, replacement?: string): Guard {
  return {
    name: `word-${word}`,
    open: (): Reader => {
      let text = '';
      let from = 0;
      const read = (more: string, ended: boolean) => {
        text += more;
        const found: Found[] = [];
        for (let at = text.indexOf(word, from); at >= 0; at = text.indexOf(word, from)) {
          from = at + word.length;
          found.push({
            start: at,
            end: from,
            reason: 'word.found',
            ...(replacement !== undefined && { replacement }),
          });
        }
        let clear = text.length;
        for (let n = Math.min(word.length - 1, text.length - from); n > 0 && !ended; n--) {
          if (text.endsWith(word.slice(0, n))) {
            clear = text.length - n;
            break;
          }
        }
        return { clear, found };
      };
      return { push: (more) => read(more, false), end: () => read('', true) };
    },
  };
}

export function post(guard: Guard, settings: Partial<Omit<GuardPost, 'guard'>> = {}): GuardPost {
  return {
    name: guard.name,
    guard,
    action: { prompt: 'mask', reply: 'mask' },
    on: { prompt: true, reply: true },
    provenance: undefined,
    label: {},
    onError: 'block',
    budget: 1000,
    ...settings,
  };
}

export function watchOf(posts: readonly GuardPost[], tick: () => number = () => performance.now()): Watch {
  const duty = { prompt: posts.filter(({ on }) => on.prompt), reply: posts.filter(({ on }) => on.reply) };
  return { posts, duty, allowsMedia: (media) => media === 'image/png', clock: { now: () => 0, tick } };
}

/** A slot over a plain holder, so that a test sees what was written. */
export function slotOf(holder: { text: string }, fields: Partial<Slot> = {}): Slot {
  return {
    path: '/text',
    provenance: 'user',
    format: 'text',
    fixed: false,
    delta: false,
    get text() {
      return holder.text;
    },
    set: (text) => {
      holder.text = text;
    },
    ...fields,
  };
}

/** An event of a made-up dialect: `lane=text;` on the wire. */
export function eventOf(
  lane: string,
  text: string,
  fields: Partial<StreamEvent> & { format?: 'text' | 'json'; fixed?: boolean } = {},
): StreamEvent {
  const holder = { text };
  const { format = 'text', fixed = false, ...rest } = fields;
  const path = lane === '' ? '/none' : lane;
  const slot = slotOf(holder, { path, delta: true, format, fixed, provenance: 'assistant' });
  return {
    slots: text === '' ? [] : [slot],
    opaque: [],
    lane,
    divisible: true,
    ends: [],
    last: false,
    usage: undefined,
    write: () => `${lane}=${holder.text};`,
    ...rest,
  };
}
