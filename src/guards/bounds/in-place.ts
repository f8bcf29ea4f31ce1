import { has } from '../../regex/char-set.ts';
import {
  COMBINING,
  FLAG_BASE,
  FLAGS,
  HAN,
  JAMO,
  JOINED_EMOJI,
  JOINING,
  KEYCAP,
  MARKS,
  MONGOLIAN,
  PICTOGRAPH,
  RIGHT_TO_LEFT,
  SPACELESS,
  VARIED,
} from './classes.ts';

/** UTF-16 code units before a character that decide whether it is in its place. */
export const BEHIND = 32;

/** A character and what stands around it. `text` has up to {@link BEHIND} units before `at`. */
export interface Place {
  readonly text: string;
  readonly at: number;
  readonly point: number;
  /** The text begins with this character. */
  readonly first: boolean;
  /** No more text comes after `text`. */
  readonly ended: boolean;
}

/**
 * Length, in code units, of what is in its place here; 0 where the character is out of place; undefined where the
 * text that follows decides.
 */
export function inPlace(place: Place): number | undefined {
  const { point } = place;
  if (point >= 0xe0000 && point <= 0xe007f) return flag(place);
  const fine = isFine(place);
  if (fine === undefined) return undefined;
  return fine ? widthOf(point) : 0;
}

function isFine(place: Place): boolean | undefined {
  const { point } = place;
  const before = pointBefore(place.text, place.at);
  if (has(MARKS, point)) return markIsFine(place, before);
  if (point >= 0xe0100) return has(HAN, before);
  if (point >= 0xfe00 && point <= 0xfe0f) return variantIsFine(place, before);
  switch (point) {
    case 0x034f:
      return has(COMBINING, before);
    case 0x115f:
    case 0x1160:
      return (
        has(JAMO, before) || then(place, (next) => has(JAMO, next) && next !== 0x115f && next !== 0x1160)
      );
    case 0x180b:
    case 0x180c:
    case 0x180d:
    case 0x180e:
    case 0x180f:
      return has(MONGOLIAN, before);
    case 0x200b:
      return has(SPACELESS, before);
    case 0x200c:
      return has(JOINING, before);
    case 0x200d:
      if (has(JOINING, before)) return true;
      return has(JOINED_EMOJI, before) && then(place, (next) => has(PICTOGRAPH, next));
    case 0xfeff:
      return place.first;
    default:
      return false;
  }
}

/** One mark at a time, near a letter of a script that runs from right to left. */
function markIsFine(place: Place, before: number): boolean | undefined {
  if (has(MARKS, before)) return false;
  for (let at = place.at - 1; at >= 0 && at >= place.at - BEHIND; at--) {
    if (has(RIGHT_TO_LEFT, place.text.charCodeAt(at))) return true;
  }
  return then(place, (next) => has(RIGHT_TO_LEFT, next));
}

function variantIsFine(place: Place, before: number): boolean | undefined {
  if (has(VARIED, before)) return true;
  return has(KEYCAP, before) && then(place, (next) => next === 0x20e3);
}

/** A tag is in its place only in one of three whole flags. */
function flag({ text, at, ended }: Place): number | undefined {
  if (pointBefore(text, at) !== FLAG_BASE) return 0;
  if (!ended && FLAGS.some((tags) => text.length - at < tags.length && tags.startsWith(text.slice(at)))) {
    return undefined;
  }
  return FLAGS.find((tags) => text.startsWith(tags, at))?.length ?? 0;
}

/** Asks the character that follows; undefined while it is not here. */
function then({ text, at, point, ended }: Place, test: (next: number) => boolean): boolean | undefined {
  const next = at + widthOf(point);
  if (needsMore(text, next, ended)) return undefined;
  return next < text.length && test(text.codePointAt(next) as number);
}

/** True where the character at `at` is not here yet, or only its first half. */
export const needsMore = (text: string, at: number, ended: boolean): boolean =>
  !ended && (at >= text.length || (at === text.length - 1 && isHigh(text.charCodeAt(at))));

export const widthOf = (point: number): number => (point > 0xffff ? 2 : 1);

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** The code point that ends at `at`; -1 at the start of the text. */
function pointBefore(text: string, at: number): number {
  if (at === 0) return -1;
  const point = at > 1 ? (text.codePointAt(at - 2) as number) : 0;
  return point > 0xffff ? point : text.charCodeAt(at - 1);
}
