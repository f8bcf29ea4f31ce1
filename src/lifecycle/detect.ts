import { request } from 'undici';
import { isObject } from '../base/json.ts';

/** A model server found in the environment. */
export interface Detected {
  readonly name: string;
  readonly dialect: 'openai' | 'anthropic' | 'gemini';
  readonly url: string;
  /** Environment variable that holds its key; the key itself is never copied. */
  readonly keyVariable?: string;
  readonly models: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** Model servers found, and local ones that are named but did not answer. */
export interface Detection {
  readonly upstreams: readonly Detected[];
  readonly silent: readonly { readonly name: string; readonly url: string }[];
}

/**
 * Model servers that the environment names, in the way their own clients are told of them. Local ones are asked for
 * their models; a server alone serves every name, several must not overlap.
 */
export async function detectUpstreams(env: Env, ask: ModelLister = askForModels): Promise<Detection> {
  const found = [...hosted(env)];
  const silent: { name: string; url: string }[] = [];
  const servers = local(env);
  for (const { name, url, keyVariable } of servers) {
    const models = await ask(url, keyVariable === undefined ? undefined : env[keyVariable]);
    const taken = new Set(found.flatMap((upstream) => upstream.models));
    const own = models.filter((model) => !taken.has(model));
    if (own.length > 0)
      found.push({
        name,
        dialect: 'openai',
        url,
        models: own,
        ...(keyVariable !== undefined && { keyVariable }),
      });
    else silent.push({ name, url });
  }
  if (found.length === 1 && silent.length === 0)
    return { upstreams: found.map((only) => ({ ...only, models: ['*'] })), silent };
  return { upstreams: found, silent };
}

function* hosted(env: Env): Generator<Detected> {
  if (isSet(env.OPENAI_API_KEY)) {
    yield {
      name: 'openai',
      dialect: 'openai',
      url: address(env.OPENAI_BASE_URL) ?? 'https://api.openai.com/v1',
      keyVariable: 'OPENAI_API_KEY',
      models: ['gpt-*', 'chatgpt-*', 'o1*', 'o3*', 'o4*', 'text-embedding-*'],
    };
  }
  if (isSet(env.ANTHROPIC_API_KEY)) {
    yield {
      name: 'anthropic',
      dialect: 'anthropic',
      url: address(env.ANTHROPIC_BASE_URL) ?? 'https://api.anthropic.com',
      keyVariable: 'ANTHROPIC_API_KEY',
      models: ['claude-*'],
    };
  }
  // Both names are Google's own; its clients take the first.
  const google = (['GOOGLE_API_KEY', 'GEMINI_API_KEY'] as const).find((name) => isSet(env[name]));
  if (google !== undefined) {
    yield {
      name: 'gemini',
      dialect: 'gemini',
      url: `${address(env.GOOGLE_GEMINI_BASE_URL) ?? 'https://generativelanguage.googleapis.com'}/v1beta`,
      keyVariable: google,
      models: ['gemini-*', 'gemma-*'],
    };
  }
}

function local(env: Env): { name: string; url: string; keyVariable?: string }[] {
  const vllm = address(env.VLLM_BASE_URL ?? env.VLLM_HOST, '8000');
  const ollama = address(env.OLLAMA_HOST ?? env.OLLAMA_BASE_URL, '11434');
  return [
    ...(vllm === undefined
      ? []
      : [
          {
            name: 'vllm',
            url: withV1(vllm),
            ...(isSet(env.VLLM_API_KEY) && { keyVariable: 'VLLM_API_KEY' }),
          },
        ]),
    ...(ollama === undefined ? [] : [{ name: 'ollama', url: withV1(ollama) }]),
  ];
}

/** Model ids that the server at `url` lists; none where it does not answer in two seconds. */
export type ModelLister = (url: string, key: string | undefined) => Promise<readonly string[]>;

const askForModels: ModelLister = async (url, key) => {
  try {
    const { statusCode, body } = await request(`${url}/models`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(2000),
    });
    const list: unknown = await body.json();
    if (statusCode !== 200 || !isObject(list) || !Array.isArray(list.data)) return [];
    const ids = list.data.map((model) => (isObject(model) ? model.id : undefined));
    return ids.filter((id): id is string => typeof id === 'string' && MODEL_NAME.test(id)).slice(0, 100);
  } catch {
    return [];
  }
};

/** Names that can stand in `gatehouse.yaml`. */
const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/;

const isSet = (value: string | undefined): boolean => value !== undefined && value.trim() !== '';

const withV1 = (url: string): string => (/\/v1$/.test(url) ? url : `${url}/v1`);

/** An address as people write it: `127.0.0.1:11434`, `localhost`, `http://host:8000/v1`. */
function address(value: string | undefined, port?: string): string | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const text = /^https?:\/\//.test(value.trim()) ? value.trim() : `http://${value.trim()}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (port !== undefined && url.port === '' && url.protocol === 'http:') url.port = port;
  // Servers listen on 0.0.0.0; clients cannot be sent there.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '');
}
