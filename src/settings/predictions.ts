import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';
import type { Secret } from '../base/secret.ts';
import { closed, count, duration, ModelAtServer, secret, size } from './fields.ts';
import { checkMadeOf, MadeOf, type MadeOfSource, readMadeOf } from './made-of.ts';
import type { SettingsReader } from './reader.ts';
import { readServerUrl } from './server-url.ts';
import { REACH_FIELDS, type ReachSettings, readReach } from './upstream-reach.ts';

/** A model that classifies or scores, as `gatehouse.yaml` describes it. */
export interface PredictionSettings {
  /** As callers name it. */
  readonly name: string;
  readonly contract: {
    /** For errors. */
    readonly file: string;
    readonly text: string;
  };
  readonly calibration: CalibrationSource | undefined;
  /** Milliseconds from the question to its answer. */
  readonly timeout: number;
  readonly from: SealedSource | ServerSource | MadeOfSource;
  /** Callers have it by others that are made of it only, not by its own name. */
  readonly hidden: boolean;
}

/** What is known of a model and its owner's rows ("gatehouse models calibrate"), and the key that it is sealed with. */
export interface CalibrationSource {
  /** For errors. */
  readonly file: string;
  readonly text: string;
  readonly key: Secret;
}

/** A sealed model of the registry, run here. */
export interface SealedSource {
  readonly kind: 'sealed';
  /** `name`: the active version; `name@3`: that one, while it is active. */
  readonly reference: string;
  /** It answers while it is approved, too: an incident asks for it. */
  readonly approved?: true;
  /** The file to run; undefined: the only ONNX file that there is. */
  readonly file: string | undefined;
  readonly workers: number;
  readonly threads: number;
  readonly batchRows: number;
  readonly queueRows: number;
  /** Bytes, of each process. */
  readonly memory: number;
}

/** A server of the Open Inference Protocol. */
export interface ServerSource extends Pick<ReachSettings, 'reach' | 'allow_addresses' | 'tls'> {
  readonly kind: 'server';
  /** Base address without a slash at its end. */
  readonly url: string;
  /** The model's name there. */
  readonly as: string;
  readonly key: Secret | undefined;
  readonly connections: number;
  /** Tensors are sent as binary data; else in JSON. */
  readonly binary: boolean;
}

const { reach, allow_addresses, tls } = REACH_FIELDS;

const Prediction = Type.Object(
  {
    contract: Type.String({
      minLength: 1,
      description: 'File with its input contract ("gatehouse models contract").',
    }),
    calibration: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'File with its calibration ("gatehouse models calibrate"): monitors and shapers that know its rows need it.',
      }),
    ),
    calibration_key: Type.Optional(
      secret('The key that the calibration was made with: ${NAME} from the environment, or { file: PATH }.'),
    ),
    model: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9._-]{0,63}(@[1-9]\\d{0,8})?$|\\$\\{',
        description: 'A sealed model: NAME for its active version, or NAME@VERSION. Default: its name here.',
      }),
    ),
    file: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The file of the sealed model. Default: its only ONNX file.',
      }),
    ),
    workers: Type.Optional(count('Processes that each hold the model.', 1)),
    threads: Type.Optional(count('Threads of one run.', 1)),
    batch_rows: Type.Optional(count('Rows of several questions that are run together at most; 1: none.', 32)),
    queue_rows: Type.Optional(count('Rows that may wait; more are refused.', 4096)),
    memory: Type.Optional(size('Memory of a process; one that has more is replaced.', '4GB')),
    timeout: Type.Optional(duration('From the question to its answer.', '10s')),
    url: Type.Optional(
      Type.String({
        description:
          'Or a server of the Open Inference Protocol: its base address (https://triton.example.com).',
      }),
    ),
    as: Type.Optional(ModelAtServer),
    key: Type.Optional(
      secret('Bearer key for that server: ${NAME} from the environment, or { file: PATH }.'),
    ),
    insecure_http: Type.Optional(
      Type.Boolean({
        description: 'Allow http:// to another machine: questions then cross the network in clear.',
      }),
    ),
    connections: Type.Optional(count('Connections to that server at the same time.', 64)),
    binary: Type.Optional(
      Type.Boolean({
        description:
          'Send tensors as binary data. false: in JSON, for servers without that extension, such as MLServer. Default: true.',
      }),
    ),
    reach,
    allow_addresses,
    tls,
    of: Type.Optional(MadeOf),
    by_name: Type.Optional(
      Type.Boolean({
        description: 'Callers may ask it by its own name, too, though others are made of it. Default: false.',
      }),
    ),
  },
  { ...closed, description: 'A model that classifies or scores.' },
);

/** `predictions:` of `gatehouse.yaml`. */
export const Predictions = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' }),
  Prediction,
  {
    ...closed,
    description: 'Models that classify or score, by the name that callers use: letters, digits and . _ -',
  },
);

type PredictionEntry = Static<typeof Prediction>;

const OF_SEALED = ['model', 'file', 'workers', 'threads', 'batch_rows', 'queue_rows', 'memory'] as const;
const OF_SERVERS = [
  'as',
  'key',
  'insecure_http',
  'connections',
  'binary',
  'reach',
  'allow_addresses',
  'tls',
] as const;
const MOST_WORKERS = 64;
const MOST_THREADS = 256;

export function readPredictions(
  read: SettingsReader,
  written: Static<typeof Predictions> = {},
): Readonly<Record<string, PredictionSettings>> {
  const sources = Object.entries(written).map(([name, entry]) => readSource(read, name, entry));
  const members = new Set(
    sources.flatMap(({ from }) => ('members' in from ? from.members.map(({ model }) => model) : [])),
  );
  const all = sources.map((one) => {
    const byName = written[one.name]?.by_name;
    if (byName !== undefined && !members.has(one.name))
      read.report(['predictions', one.name, 'by_name'], 'is for what others are made of');
    return { ...one, hidden: members.has(one.name) && byName !== true };
  });
  checkMadeOf(read, all);
  return Object.fromEntries(all.map((one) => [one.name, one]));
}

function readSource(
  read: SettingsReader,
  name: string,
  entry: PredictionEntry,
): Omit<PredictionSettings, 'hidden'> {
  const at: Path = ['predictions', name];
  const [others, meaning] =
    entry.of !== undefined
      ? [[...OF_SEALED, ...OF_SERVERS, 'url', 'timeout'] as const, 'is for a model; this is made of others']
      : entry.url === undefined
        ? [OF_SERVERS, 'is for a server: it needs “url”']
        : [OF_SEALED, 'is for a sealed model, not for a server'];
  for (const key of others) if (entry[key] !== undefined) read.report([...at, key], meaning);
  return {
    name,
    contract: { file: entry.contract, text: read.file([...at, 'contract'], entry.contract) },
    calibration: readCalibration(read, at, entry),
    timeout: read.duration([...at, 'timeout'], entry.timeout, '10s'),
    from:
      entry.of !== undefined
        ? readMadeOf(read, [...at, 'of'], entry.of)
        : entry.url === undefined
          ? readSealed(read, at, name, entry)
          : readServer(read, at, name, entry),
  };
}

function readCalibration(
  read: SettingsReader,
  at: Path,
  { calibration, calibration_key }: PredictionEntry,
): CalibrationSource | undefined {
  if ((calibration === undefined) !== (calibration_key === undefined))
    read.report(at, 'has “calibration” and “calibration_key” together, or neither');
  if (calibration === undefined || calibration_key === undefined) return undefined;
  return {
    file: calibration,
    text: read.file([...at, 'calibration'], calibration),
    key: read.secret([...at, 'calibration_key'], calibration_key),
  };
}

function readSealed(read: SettingsReader, at: Path, name: string, entry: PredictionEntry): SealedSource {
  const most = (key: 'workers' | 'threads', limit: number): number => {
    const value = read.count([...at, key], entry[key], 1);
    if (value > limit) read.report([...at, key], `must be 1 to ${limit}`);
    return value;
  };
  return {
    kind: 'sealed',
    reference: entry.model ?? name.toLowerCase(),
    file: entry.file,
    workers: most('workers', MOST_WORKERS),
    threads: most('threads', MOST_THREADS),
    batchRows: read.count([...at, 'batch_rows'], entry.batch_rows, 32),
    queueRows: read.count([...at, 'queue_rows'], entry.queue_rows, 4096),
    memory: read.size([...at, 'memory'], entry.memory, '4GB'),
  };
}

function readServer(read: SettingsReader, at: Path, name: string, entry: PredictionEntry): ServerSource {
  const { reach, allow_addresses, tls } = readReach(read, at, entry);
  return {
    kind: 'server',
    url: readServerUrl(read, [...at, 'url'], entry, 'https://triton.example.com'),
    as: entry.as ?? name,
    key: entry.key === undefined ? undefined : read.secret([...at, 'key'], entry.key),
    connections: read.count([...at, 'connections'], entry.connections, 64),
    binary: entry.binary ?? true,
    reach,
    allow_addresses,
    tls,
  };
}
