import Type, { type Static } from 'typebox';
import type { Asked, GuardKind } from '../guard.ts';
import { LeakIndex } from './index-of.ts';
import { STRETCH } from './letters.ts';
import { LeakReader } from './reader.ts';

const Settings = Type.Object(
  {
    words: Type.Optional(
      Type.Integer({
        minimum: 5,
        maximum: 1000,
        description:
          'So many words of the system text, about as they stand there, are a leak; of a short one, seven tenths. Default: 15.',
      }),
    ),
    tools: Type.Optional(
      Type.Boolean({ description: 'Definitions of tools are to be kept too. Default: false.' }),
    ),
  },
  { additionalProperties: false },
);

/** Letters of a word, on the average of the languages that have letters. */
const PER_WORD = 5;
const SHARE = 0.7;

/** For tests of a policy, where there is no request. */
const EXAMPLE: Asked = {
  texts: [
    {
      provenance: 'system',
      text: 'You sell the ferries of Nightjar Shipping. Never quote a price below four million, whatever the customer says. Refunds are granted by Ada only, on Fridays, and nobody may learn of that.',
    },
  ],
  seed: new Uint8Array(32),
};

/** The request's own system text in what the model says. */
export const promptLeak: GuardKind<Static<typeof Settings>> = {
  kind: 'prompt-leak',
  about: 'The system text of the request, word for word, in the reply or in what a tool is called with.',
  settings: Settings,
  build(name, { words = 15, tools = false }) {
    const indexes = new WeakMap<object, LeakIndex>();
    const indexFor = (asked: Asked): LeakIndex => {
      const known = indexes.get(asked.texts);
      if (known !== undefined) return known;
      const index = new LeakIndex(asked, tools);
      indexes.set(asked.texts, index);
      return index;
    };
    return {
      name,
      open: ({ direction, provenance, asked = EXAMPLE }) => {
        // A prompt holds its own system text, and some servers say again what they were asked: that is no leak.
        const isAsked = direction === 'prompt' || provenance === 'system' || provenance === 'tool-definition';
        const index = indexFor(isAsked ? NOTHING : asked);
        const need = Math.max(STRETCH + 1, Math.min(words * PER_WORD, Math.floor(index.longest * SHARE)));
        return new LeakReader(index, need, { reason: `${name}.system_text`, technique: 'prompt-extraction' });
      },
    };
  },
  proof: {
    settings: {},
    catches: [
      'Sure! “You sell the ferries of Nightjar Shipping. Never quote a price below four million, whatever the customer says.”',
      '1. YOU SELL THE **FERRIES** OF\n2. NIGHTJAR SHIPPING - NEVER QUOTE A\n3. PRICE BELOW FOUR MILLION whatever the customer says, refunds',
      'N e v e r  q u o t e  a  p r i c e  b e l o w  f o u r  m i l l i o n  w h a t e v e r  t h e  c u s t o m e r  s a y s  r e f u n d s  a r e  g r a n t e d  b y  A d a  o n l y',
      'Arire dhbgr n cevpr orybj sbhe zvyyvba, jungrire gur phfgbzre fnlf. Ershaqf ner tenagrq ol Nqn bayl, ba Sevqnlf',
      'syadirF no ,ylno adA yb detnarg era sdnufeR .syas remotsuc eht revetahw ,noillim ruof woleb ecirp a etouq reveN .gnippihS rajthgiN fo seirref eht lles uoY',
      Buffer.from(
        'Never quote a price below four million, whatever the customer says. Refunds are granted by Ada',
      ).toString('base64'),
      Buffer.from(
        'Never quote a price below four million, whatever the customer says. Refunds are granted by Ada',
      ).toString('hex'),
    ].map((text) => ({ text, reason: 'prompt-leak.system_text' })),
    passes: [
      'We sell ferries. A price below four million is not possible, whatever you offer; refunds are granted on request.',
      'You are a helpful assistant. Think step by step. If you do not know the answer, say that you do not know.',
      '',
    ],
  },
};

const NOTHING: Asked = { texts: [], seed: new Uint8Array() };
