import { Lexicon } from '../../src/guards/injection/concepts.ts';
import { Features, type Speaker } from '../../src/guards/injection/features.ts';
import { Tokens } from '../../src/guards/injection/tokens.ts';

/** What a model needs beside its weights. */
export interface Tables {
  readonly lexicon: { readonly table: Int32Array; readonly longest: number };
  readonly surprise: Float32Array;
}

/** Reads texts into features, for training and for measuring alike. */
export class Reader {
  readonly #tokens: Tokens;
  readonly features: Features;

  constructor({ lexicon, surprise }: Tables, buckets: number) {
    this.#tokens = new Tokens(new Lexicon(lexicon.table, lexicon.longest));
    this.features = new Features(buckets, surprise);
  }

  read(text: string, speaker: Speaker, decoded: boolean): Features {
    this.#tokens.read(text);
    this.features.read(text, this.#tokens, speaker, decoded);
    return this.features;
  }
}
