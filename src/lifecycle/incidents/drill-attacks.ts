import { randomInt } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import { Problem } from '../../base/problem.ts';
import type { Contract, Feature } from '../../contracts/contract.ts';
import { isFloat } from '../../contracts/contract.ts';
import type { Drill, PromptDrill, QueryDrill, SignInDrill, Span } from '../../incidents/drill.ts';
import { datatypeOf } from '../../oip/datatypes.ts';
import { type DrillPlace, type Sent, send } from './drill-client.ts';

/** An attack in one gateway. */
export interface Attack {
  /** Sends all of it, or until its caller is held. */
  launch(): Promise<{ readonly sent: number; readonly blocked: number }>;
  /** Whether a question of its caller that nobody minds is refused. */
  isHeld(): Promise<boolean>;
  /** What holds the caller, beside `caller`. */
  readonly measure: JsonObject;
  /** Networks that it came from, as alerts name them. */
  readonly networks: readonly string[];
}

export interface AttackParts extends DrillPlace {
  /** Of the drill's caller. */
  readonly key: string;
  /** A model that the caller may ask; undefined: the first that it is shown. */
  readonly model: string | undefined;
  /** Contracts of the predictions that there are. */
  readonly contracts: ReadonlyMap<string, Contract>;
  /** The header in which the gateway believes a proxy on this machine who asks; undefined: it believes none. */
  readonly proxied: 'x-forwarded-for' | 'forwarded' | undefined;
}

const SUSPEND = { action: 'suspend_caller' } as const;

/** Throws Problem('usage') where it cannot be played here. */
export function attackOf(drill: Drill, parts: AttackParts): Promise<Attack> | Attack {
  if (drill.plays === 'prompts') return prompting(drill, parts);
  return drill.plays === 'queries' ? querying(drill, parts) : signingIn(drill, parts);
}

const withKey = ({ key }: AttackParts) => ({ authorization: `Bearer ${key}` });

async function prompting(drill: PromptDrill, parts: AttackParts): Promise<Attack> {
  const model = parts.model ?? (await firstModel(parts));
  const ask = (content: string): Promise<Sent> =>
    send(parts, '/v1/chat/completions', withKey(parts), { model, messages: [{ role: 'user', content }] });
  return {
    launch: () => sendAll(drill.prompts(randomWord), parts, ask),
    isHeld: async () => (await ask('Good morning.')).status === 401,
    measure: SUSPEND,
    networks: [],
  };
}

/** Until its caller was suspended. */
async function sendAll<T>(all: readonly T[], { signal }: AttackParts, ask: (one: T) => Promise<Sent>) {
  let [sent, blocked] = [0, 0];
  for (const one of all) {
    signal.throwIfAborted();
    const { status } = await ask(one);
    sent += 1;
    if (status === 403) blocked += 1;
    if (status === 401) break;
  }
  return { sent, blocked };
}

/** Rows of one question. */
const BATCH = 4;

async function querying(drill: QueryDrill, parts: AttackParts): Promise<Attack> {
  const [first] = parts.contracts.keys();
  const model = parts.model ?? first;
  const contract = model === undefined ? undefined : parts.contracts.get(model);
  const [[input, outline] = []] = contract?.inputs ?? [];
  if (model === undefined || contract === undefined || input === undefined || outline === undefined)
    throw new Problem('usage', 'no prediction of that name is served', 'Name one with --model.');
  const width = outline.dims[1];
  if (
    contract.inputs.size > 1 ||
    outline.dims.length !== 2 ||
    typeof width !== 'number' ||
    !isFloat(outline.type)
  )
    throw new Problem('usage', `${model} is not asked by rows of numbers`, 'Name another one with --model.');
  const columns: readonly Column[] =
    outline.features.length > 0
      ? outline.features.flatMap(columnsOf)
      : Array.from({ length: width }, () => within(outline.elements));
  const seed = () => columns.map(({ draw }) => draw());
  const datatype = datatypeOf(outline.type);
  const ask = (rows: readonly (readonly number[])[]): Promise<Sent> =>
    send(parts, `/v2/models/${encodeURIComponent(model)}/infer`, withKey(parts), {
      inputs: [{ name: input, datatype, shape: [rows.length, width], data: rows.flat() }],
    });
  const { status } = await ask([seed()]);
  if (status !== 200)
    throw new Problem(
      'usage',
      `the caller of the drill is not answered by ${model} (${status})`,
      'Name a role that may ask it with --role.',
    );
  const size = Math.min(BATCH, contract.maxRows);
  const rows = drill.rows(
    seed,
    columns.map(({ span }) => span),
  );
  const batches = Array.from({ length: Math.ceil(rows.length / size) }, (_, at) =>
    rows.slice(at * size, (at + 1) * size),
  );
  return {
    launch: () => sendAll(batches, parts, ask),
    isHeld: async () => [401, 403].includes((await ask([seed()])).status),
    measure: { action: 'raise_caller', rung: 'block', model },
    networks: [],
  };
}

/** A column of rows: what may stand there, and how far it can be moved by a little. */
interface Column {
  readonly draw: () => number;
  readonly span: Span | undefined;
}

const FINE = 2 ** 32;
const uniform = (): number => randomInt(FINE) / FINE;

function within(
  bounds: { readonly min: number | undefined; readonly max: number | undefined } | undefined,
): Column {
  const least = bounds?.min ?? (bounds?.max === undefined ? 0 : bounds.max - 1);
  const most = bounds?.max ?? least + 1;
  // Bounds are held as the tensor holds them.
  const [low, high] = [least + (most - least) * 0.02, most - (most - least) * 0.02];
  return { draw: () => low + (high - low) * uniform(), span: { least: low, most: high } };
}

const oneOf = (values: readonly number[]): Column => ({
  draw: () => values[randomInt(values.length)] ?? 0,
  span: undefined,
});

function columnsOf({ kind }: Feature): Column[] {
  switch (kind.is) {
    case 'number':
      return [within(kind)];
    case 'whole': {
      const least = Math.ceil(kind.min ?? (kind.max === undefined ? 0 : kind.max - 10));
      const most = Math.floor(kind.max ?? least + 10);
      return [{ draw: () => Math.floor(least + (most - least + 1) * uniform()), span: undefined }];
    }
    case 'flag':
      return [oneOf([0, 1])];
    case 'codes':
      return [oneOf([...kind.codes.values()])];
    case 'one-hot': {
      const places = [...kind.columns.values()].sort((a, b) => a - b);
      let chosen = 0;
      return places.map((_, at) => ({
        draw: () => {
          if (at === 0) chosen = randomInt(places.length);
          return chosen === at ? 1 : 0;
        },
        span: undefined,
      }));
    }
    case 'text':
      throw new Problem('usage', 'a prediction that is asked texts is not asked by rows of numbers');
  }
}

/**
 * 198.18.0.0/15 is nobody's: it is for measuring networks (RFC 2544). So whatever is held against the networks of a drill is held
 * against nobody.
 */
function signingIn({ attempts, networks }: SignInDrill, parts: AttackParts): Attack {
  const { proxied } = parts;
  if (proxied === undefined)
    throw new Problem(
      'usage',
      'it takes networks of its own, and the gateway believes no proxy on this machine',
      'Set listen.trusted_proxies: [127.0.0.1], where only a proxy of yours can ask from there.',
    );
  const first = randomInt(200);
  const from = (network: number, host: number): Record<string, string> => {
    const address = `198.18.${(first + network) % 256}.${host}`;
    return { [proxied]: proxied === 'forwarded' ? `for=${address}` : address };
  };
  const tries = Array.from({ length: attempts }, (_, at) => at);
  const places = Array.from({ length: networks }, (_, at) => at + 1);
  const list = (network: number): Promise<Sent> =>
    send(parts, '/v1/models', { ...withKey(parts), ...from(network, 7) });
  return {
    async launch() {
      const wrong = await sendAll(tries, { ...parts }, async (at) => {
        const body = { login: `drill-${randomWord(10).toLowerCase()}`, passphrase: randomWord(20) };
        const sent = await send(parts, '/auth/v1/sign-in', from(0, at + 1), body);
        // A sign-in that is refused is no caller that is held.
        return sent.status === 401 ? { ...sent, status: 403 } : sent;
      });
      const used = await sendAll(places, parts, list);
      return { sent: wrong.sent + used.sent, blocked: wrong.blocked + used.blocked };
    },
    isHeld: async () => (await list(1)).status === 401,
    measure: SUSPEND,
    networks: [0, ...places].map((network) => `198.18.${(first + network) % 256}.0/24`),
  };
}

async function firstModel(parts: AttackParts): Promise<string> {
  const { text } = await send(parts, '/v1/models', withKey(parts));
  try {
    const { data } = JSON.parse(text) as { readonly data: readonly { readonly id: string }[] };
    const found = data.find(({ id }) => !id.includes('*'))?.id;
    if (found !== undefined) return found;
  } catch {
    // What is no list of models names none.
  }
  throw new Problem('usage', 'it is not known which model to ask', 'Name one with --model.');
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const randomWord = (length: number): string =>
  Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
