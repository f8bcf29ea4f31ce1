import { hkdfSync } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { canonicalJson } from '../base/canonical.ts';
import { isObject, type Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { flaws } from '../base/schema.ts';
import { type Calibration, readCalibration, writeCalibration } from '../monitors/calibration.ts';
import { Secret } from '../monitors/secret.ts';
import { gateOfJson, gateToJson } from '../shapers/gate-document.ts';
import type { GateProfile } from '../shapers/outlier-gate.ts';

/** All that is known of a model before it is asked: what its owner's rows are like, and where in its answers the scores are. */
export interface ModelCalibration {
  /** SHA-256 of the model's file, in hex. */
  readonly model: string;
  readonly scores: ScoresOutput;
  /** Where the model names its class, too: what is done to scores is done to this. */
  readonly labels: LabelsOutput | undefined;
  /** Of the scores as they are served, one for each class. */
  readonly monitors: Calibration;
  readonly gate: GateProfile;
  /** How often the model was right on labelled rows, 0..1, and how many these were; undefined: there were no labels. */
  readonly accuracy: { readonly share: number; readonly rows: number } | undefined;
}

/** The output that holds the scores of the classes, [rows, classes]. */
export interface ScoresOutput {
  readonly output: string;
  readonly form: 'logits' | 'probabilities';
  /** The output has one number a row, of the second of two classes. */
  readonly single: boolean;
}

/** The output that names the class of the highest score, one for each row. */
export interface LabelsOutput {
  readonly output: string;
  /** What it says of each class. */
  readonly classes: readonly (string | number)[];
}

/** Keys for one model, each for its own purpose. */
export interface DefenceKeys {
  readonly monitors: Secret;
  /** For `Keyed`. */
  readonly shapers: Uint8Array;
  /** Seals the document. */
  readonly document: Secret;
}

/** All keys of a model's defences, of the owner's one. Throws Problem('usage') for fewer than 16 bytes. */
export function defenceKeys(key: Uint8Array): DefenceKeys {
  if (key.length < 16)
    throw new Problem(
      'usage',
      'a key of calibrations has at least 16 bytes',
      'openssl rand -hex 32 makes one.',
    );
  const of = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', key, '', `gatehouse calibration ${purpose}`, 32));
  return {
    monitors: new Secret(of('monitors')),
    shapers: of('shapers'),
    document: new Secret(of('document')),
  };
}

const closed = { additionalProperties: false } as const;
const OutputName = Type.String({ minLength: 1, maxLength: 1000 });
const CalibrationDocument = Type.Object(
  {
    kind: Type.Literal('gatehouse-calibration'),
    version: Type.Literal(1),
    model: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    scores: Type.Object(
      { output: OutputName, form: Type.Enum(['logits', 'probabilities']), single: Type.Boolean() },
      closed,
    ),
    labels: Type.Optional(
      Type.Object(
        {
          output: OutputName,
          classes: Type.Array(Type.Union([Type.String(), Type.Number()]), {
            minItems: 2,
            maxItems: 100_000,
            uniqueItems: true,
          }),
        },
        closed,
      ),
    ),
    /** As monitors and shapers themselves write them. */
    monitors: Type.Object({}),
    gate: Type.Object({}),
    accuracy: Type.Optional(
      Type.Object(
        { share: Type.Number({ minimum: 0, maximum: 1 }), rows: Type.Integer({ minimum: 1 }) },
        closed,
      ),
    ),
    seal: Type.String({ maxLength: 100 }),
  },
  closed,
);

const ANEW = 'Make it anew: gatehouse models calibrate.';

/** As a text in JSON, sealed with the owner's key: whoever changes anything shows. It is to be kept as the owner's rows are. */
export function writeModelCalibration(calibration: ModelCalibration, keys: DefenceKeys): string {
  const { model, scores, labels, monitors, gate, accuracy } = calibration;
  const body = {
    kind: 'gatehouse-calibration',
    version: 1,
    model,
    scores: { ...scores },
    ...(labels !== undefined && { labels: { output: labels.output, classes: [...labels.classes] } }),
    monitors: JSON.parse(writeCalibration(monitors, keys.monitors)) as Json,
    gate: gateToJson(gate),
    ...(accuracy !== undefined && { accuracy: { ...accuracy } }),
  };
  return canonicalJson({ ...body, seal: keys.document.seal(canonicalJson(body)) });
}

/**
 * Reads what {@link writeModelCalibration} wrote. Throws Problem('usage') for what is none, was changed, was made under another
 * key or by an earlier version, or does not fit together.
 *
 * @param file for errors
 */
export function readModelCalibration(text: string, keys: DefenceKeys, file: string): ModelCalibration {
  const { seal, ...body } = documentIn(text, file);
  if (!keys.document.opens(canonicalJson(body as Json), seal))
    throw new Problem('usage', `${file} was changed, or was made under another key.`, ANEW);
  const { model, scores, labels, accuracy } = body;
  const monitors = readCalibration(JSON.stringify(body.monitors), keys.monitors);
  const gate = gateOfJson(body.gate as Json);
  const { features, classes } = monitors.outline;
  const fits =
    gate.units.length === features &&
    gate.classes.length === classes &&
    (labels === undefined || labels.classes.length === classes) &&
    (!scores.single || classes === 2);
  if (!fits) throw new Problem('usage', `${file}: its parts are of different models.`, ANEW);
  return { model, scores, labels, monitors, gate, accuracy };
}

function documentIn(text: string, file: string): Static<typeof CalibrationDocument> {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Problem('usage', `${file} is no calibration: it is not JSON.`, ANEW);
  }
  if (isObject(value) && value.kind === 'gatehouse-monitors')
    throw new Problem('usage', `${file} was made by an earlier version, and is of monitors only.`, ANEW);
  const [flaw] = flaws(CalibrationDocument, value);
  if (flaw !== undefined)
    throw new Problem(
      'usage',
      `${file} is no calibration: ${flaw.path.length === 0 ? 'it' : flaw.path.join('.')} ${flaw.message}.`,
      ANEW,
    );
  return value as Static<typeof CalibrationDocument>;
}
