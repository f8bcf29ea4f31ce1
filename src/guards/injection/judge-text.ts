import type { Span } from '../../base/spans.ts';
import type { Technique } from '../../exchange/technique.ts';
import { isDecoded, Unread } from '../../text/unread.ts';
import type { Signs, View, ViewKind, Views } from '../../text/view.ts';
import { viewsOf } from '../../text/views.ts';
import { lineOf } from './calibration.ts';
import { Features, type Speaker } from './features.ts';
import { flattened } from './flattened.ts';
import { HEADS } from './heads.ts';
import { LaneScores } from './lane-scores.ts';
import { ALL_LANES } from './lanes.ts';
import type { Model } from './model.ts';
import { type PlainOverride, plainOverride } from './plain-override.ts';
import { Sentences } from './sentences.ts';
import { Tokens } from './tokens.ts';
import { Upper } from './upper.ts';

/** What the model says of a text. */
export interface Judgement {
  /** Log-odds of an attack, the greatest over all readings of the text. */
  readonly logit: number;
  /** What it most looks like. */
  readonly technique: Technique;
  /** Log-odds of each technique. */
  readonly techniques: Readonly<Record<Technique, number>>;
  /** Log-odds of a harmful wish: content policy, not injection. */
  readonly harm: number;
  /** What speaks loudest, in the original; UTF-16. */
  readonly spans: readonly Span[];
  /** How the text had to be read: empty as it stands, `['base64', 'rot13']` after undoing both. */
  readonly via: readonly ViewKind[];
  /** Where something decoded was not read, or not judged, because of the bounds on that; in the original, UTF-16. */
  readonly unread: Span | undefined;
}

/** So far above the line of what is nearly sure is a plain override, log-odds. */
const SURELY = 0.2;
/** Where a segment's own score says that it is part of what was found, log-odds. */
const PART = 0.5;
/** Log-odds of an attack where there is no word: what nobody sees must not speak louder than what it decodes to. */
const NOTHING = -20;
/** Other readings that are judged besides: so many, and so many UTF-16 units for each of the text; decoded ones, twice that. */
const READINGS = 24;
const MORE = 1;
/** Always so many units, however short the text. */
const AT_LEAST = 2048;

/** Whether a text was made hard to read: more than a stray character says so. */
const isDisguised = ({ zeroWidth, tags, variation, confusables, styled, leet, spaced }: Signs): boolean =>
  zeroWidth > 4 || tags > 4 || variation > 4 || confusables > 2 || styled > 11 || leet > 2 || spaced > 1;

/** What one reading of a text says; the span is one of the reading. */
interface Reading extends Omit<Judgement, 'spans' | 'via' | 'unread'> {
  readonly view: View;
  readonly span: Span | undefined;
}

/** Judges texts with one model. Its arrays are used again and again, so each belongs to one thread. */
export class TextJudge {
  readonly model: Model;
  readonly #tokens: Tokens;
  readonly #features: Features;
  readonly #lanes: LaneScores;
  readonly #upper: Upper;
  readonly #sentences = new Sentences();
  #last: { readonly text: string; readonly speaker: Speaker; readonly judgement: Judgement } | undefined;

  constructor(model: Model) {
    this.model = model;
    this.#tokens = new Tokens(model.lexicon);
    this.#features = new Features(model.lanes.buckets, model.surprise);
    this.#lanes = new LaneScores(model.lanes);
    this.#upper = new Upper(model.upper);
  }

  /** The last judgement is kept: two guards of one policy often ask the same. */
  judge(text: string, speaker: Speaker): Judgement {
    const last = this.#last;
    if (last !== undefined && last.speaker === speaker && last.text === text) return last.judgement;
    const judgement = this.#judge(text, speaker, viewsOf(text));
    this.#last = { text, speaker, judgement };
    return judgement;
  }

  #judge(text: string, speaker: Speaker, views: Views): Judgement {
    const flat = flattened(views.canonical);
    const earlier = flat !== undefined || views.others.length > 0 ? this.#sentences : undefined;
    let best = this.#readings(views.canonical, speaker, isDisguised(views.signs), earlier);
    if (flat !== undefined) {
      const next = this.#readings(flat, speaker, false, earlier);
      if (next.logit > best.logit) best = next;
    }
    const unread = new Unread();
    if (views.unread !== undefined) unread.leave(views.unread);
    let left = Math.max(AT_LEAST, MORE * text.length);
    let spare = left;
    let readings = 0;
    for (const view of views.others) {
      left -= view.text.length;
      if (left < 0 || ++readings > READINGS) {
        // What else is repaired or put together can be read as it stands, piece by piece; what was decoded, nowhere else.
        if (!isDecoded(view)) continue;
        if (view.text.length > spare) {
          unread.leave(view.spanOf(0, view.text.length));
          continue;
        }
        spare -= view.text.length;
      }
      const next = this.#readings(view, speaker, true, earlier);
      if (next.logit > best.logit) best = { ...next, harm: Math.max(next.harm, best.harm) };
    }
    earlier?.clear();
    const { view, span, ...said } = best;
    // Worked out for one reading only: the way back to the original is dear where much was undone.
    return {
      ...said,
      spans: span === undefined ? [] : [view.spanOf(span.start, span.end)],
      via: view.via,
      unread: unread.span,
    };
  }

  /** An attack in disguise is no less one than as it stands: it counts as what it is more. */
  #readings(view: View, speaker: Speaker, disguised: boolean, earlier: Sentences | undefined): Reading {
    const features = this.#features;
    this.#tokens.read(view.text);
    features.read(view.text, this.#tokens, speaker, false, earlier);
    this.#lanes.read(features, earlier);
    earlier?.keep(view.text, this.#tokens, features, this.#lanes);
    const plain = this.#reading(view, speaker, false);
    if (!disguised) return plain;
    features.decode();
    this.#lanes.scoreAgain(features);
    const hidden = this.#reading(view, speaker, true);
    return hidden.logit >= plain.logit ? hidden : { ...plain, technique: hidden.technique };
  }

  #reading(view: View, speaker: Speaker, decoded: boolean): Reading {
    const logits = this.#upper.run(this.#lanes.pooled);
    const techniques: Partial<Record<Technique, number>> = {};
    let technique: Technique = 'direct-override';
    let most = -Infinity;
    for (let t = 1; t < HEADS.length - 1; t++) {
      const head = HEADS[t] as Technique;
      const logit = logits[t] as number;
      techniques[head] = logit;
      if (logit > most) {
        most = logit;
        technique = head;
      }
    }
    const sure = speaker === 'operator' ? undefined : plainOverride(this.#tokens, this.#features);
    if (sure !== undefined) technique = speaker === 'user' ? 'direct-override' : 'indirect';
    return {
      logit: this.#logit(logits[0] as number, speaker, sure),
      technique: decoded && view.via.length > 0 ? 'encoded-payload' : technique,
      techniques: techniques as Record<Technique, number>,
      harm: logits[HEADS.length - 1] as number,
      view,
      span: this.#span(speaker, sure),
    };
  }

  /** What the model says, or the line of what is likely, or nearly sure, where that is more. */
  #logit(said: number, speaker: Speaker, sure: PlainOverride | undefined): number {
    if (this.#features.segments === 0) return NOTHING;
    if (sure === undefined) return said;
    return Math.max(said, lineOf(this.model.about, speaker, sure.alone ? 'low' : 'balanced') + SURELY);
  }

  /** The loudest segment, and its neighbours that say the same. */
  #span(speaker: Speaker, sure: PlainOverride | undefined): Span | undefined {
    const { segments, start, end } = this.#features;
    if (segments === 0) return undefined;
    const lane = ALL_LANES.findIndex(({ name }) => name === (speaker === 'user' ? 'words' : 'data words'));
    const loudest = sure?.segment ?? (this.#lanes.best[lane] as number);
    const part = (s: number) => (this.#lanes.scores[s * ALL_LANES.length + lane] as number) > PART;
    let first = loudest;
    let last = loudest;
    while (first > 0 && part(first - 1)) first--;
    while (last < segments - 1 && part(last + 1)) last++;
    return { start: start[first] as number, end: end[last] as number };
  }
}
