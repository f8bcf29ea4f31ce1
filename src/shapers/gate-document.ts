import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { type GateProfile, MEASURES } from './outlier-gate.ts';
import type { Subspace } from './subspace.ts';
import type { Tail } from './tail.ts';

const closed = { additionalProperties: false } as const;
/** Little-endian numbers, of four or eight bytes each, in base64. */
const Numbers = Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$' });
const SubspaceDocument = Type.Object({ mean: Numbers, directions: Numbers, variances: Numbers }, closed);
const TailDocument = Type.Object({ sorted: Numbers, excess: Type.Number({ exclusiveMinimum: 0 }) }, closed);

const GateDocument = Type.Object(
  {
    units: Numbers,
    all: SubspaceDocument,
    classes: Type.Array(Type.Union([SubspaceDocument, Type.Null()]), { minItems: 2, maxItems: 100_000 }),
    measures: Type.Array(Type.Enum([...MEASURES]), { minItems: 1, maxItems: MEASURES.length }),
    tails: Type.Array(TailDocument, { minItems: 1, maxItems: MEASURES.length }),
    whole: TailDocument,
  },
  closed,
);

const written = (numbers: Float32Array | Float64Array): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');

/** A gate as JSON. It holds means and directions of the owner's rows: it is to be kept as they are. */
export function gateToJson({ units, all, classes, measures, tails, whole }: GateProfile): Json {
  const subspace = ({ mean, directions, variances }: Subspace) => ({
    mean: written(mean),
    directions: written(directions),
    variances: written(variances),
  });
  const tail = ({ sorted, excess }: Tail) => ({ sorted: written(sorted), excess });
  return {
    units: written(units),
    all: subspace(all),
    classes: classes.map((one) => (one === undefined ? null : subspace(one))),
    measures: [...measures],
    tails: tails.map(tail),
    whole: tail(whole),
  } satisfies Static<typeof GateDocument>;
}

/** What {@link gateToJson} gave. Throws Problem('usage') for anything else. */
export function gateOfJson(document: Json | undefined): GateProfile {
  if (!Check(GateDocument, document)) throw malformed();
  const units = doubles(document.units);
  const features = units.length;
  const subspace = (given: Static<typeof SubspaceDocument>): Subspace => {
    const [mean, directions] = [singles(given.mean), singles(given.directions)];
    const variances = doubles(given.variances);
    const fits = mean.length === features && directions.length === features * variances.length;
    if (!fits || variances.length === 0) throw malformed();
    return { mean, directions, variances };
  };
  const tail = ({ sorted, excess }: Static<typeof TailDocument>): Tail => {
    const values = doubles(sorted);
    const inOrder = values.every((value, at) => at === 0 || value >= (values[at - 1] as number));
    if (!inOrder || values.length === 0) throw malformed();
    return { sorted: values, excess };
  };
  if (features === 0 || units.some((unit) => unit <= 0)) throw malformed();
  if (document.tails.length !== document.measures.length) throw malformed();
  return {
    units,
    all: subspace(document.all),
    classes: document.classes.map((one) => (one === null ? undefined : subspace(one))),
    measures: document.measures,
    tails: document.tails.map(tail),
    whole: tail(document.whole),
  };
}

function singles(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (bytes.length % 4 !== 0) throw malformed();
  return finite(new Float32Array(bytes.buffer));
}

function doubles(text: string): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (bytes.length % 8 !== 0) throw malformed();
  return finite(new Float64Array(bytes.buffer));
}

function finite<Numbers extends Float32Array | Float64Array>(numbers: Numbers): Numbers {
  if (!numbers.every(Number.isFinite)) throw malformed();
  return numbers;
}

const malformed = (): Problem =>
  new Problem('usage', 'this is no gate of shapers, or a part of it is missing', 'Calibrate it again.');
