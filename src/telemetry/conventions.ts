import { Histogram } from './histogram.ts';
import type { Attributes, Span } from './otlp.ts';
import type { Call, Told } from './told.ts';
import { newSpanId } from './trace.ts';

/**
 * Names of the OpenTelemetry semantic conventions: HTTP (stable), and generative AI, which is still in development
 * (https://opentelemetry.io/docs/specs/semconv/gen-ai/). What is ours only is called `gatehouse.…`.
 */

/** Values of `gen_ai.operation.name`; ours where the conventions know none. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'openai.chat': 'chat',
  'openai.responses': 'chat',
  'openai.completions': 'text_completion',
  'openai.embeddings': 'embeddings',
  'anthropic.messages': 'chat',
  'gemini.generate': 'generate_content',
  'gemini.stream': 'generate_content',
  'gemini.embed': 'embeddings',
  'gemini.batch_embed': 'embeddings',
};

/** Values of `gen_ai.provider.name`: the API that is spoken, whoever serves it. */
const PROVIDERS: Readonly<Record<string, string>> = { gemini: 'gcp.gemini' };

const METHODS = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

const methodOf = ({ method }: Told): string => (METHODS.has(method) ? method : '_OTHER');

/** For a server only its own failures are errors (HTTP conventions, status of spans). */
const failedBy = ({ status, code, outcome }: Told): string | undefined =>
  status >= 500 || outcome === 'cut' ? (code ?? String(status)) : undefined;

/** The spans of a request: the request itself, its stages, and the call of the model server. */
export function spansOf(told: Told): Span[] {
  const { trace, start, ms, call, stages } = told;
  const { traceId, spanId, parentId, clientId } = trace;
  const failed = failedBy(told);
  const whole: Span = {
    traceId,
    spanId,
    parentId,
    remote: parentId !== undefined,
    name: told.operation === undefined ? methodOf(told) : `${methodOf(told)} ${told.operation}`,
    kind: 'server',
    start,
    end: start + ms,
    failed: failed !== undefined,
    attributes: {
      'http.request.method': methodOf(told),
      'url.scheme': told.https ? 'https' : 'http',
      'http.response.status_code': told.status,
      'error.type': failed,
      'gatehouse.request.id': told.id,
      'gatehouse.operation': told.operation,
      'gatehouse.outcome': told.outcome,
      'gatehouse.refusal': told.code,
    },
  };
  const inside = { traceId, parentId: spanId, remote: false } as const;
  const parts = stages.map(
    ({ name, end }, index): Span => ({
      ...inside,
      spanId: newSpanId(),
      name,
      kind: 'internal',
      start: start + (stages[index - 1]?.end ?? 0),
      end: start + end,
      failed: false,
      attributes: {},
    }),
  );
  if (call === undefined) return [whole, ...parts];
  const error = errorOf(told);
  return [
    whole,
    ...parts,
    {
      ...inside,
      spanId: clientId,
      name: `${operationOf(told)} ${call.model}`,
      kind: 'client',
      start: start + (endOf(told, 'record') ?? 0),
      end: start + ms,
      failed: error !== undefined,
      attributes: {
        ...callAttributes(told, call, call.model),
        'error.type': error,
        'gen_ai.request.stream': call.stream ? true : undefined,
        'gen_ai.response.time_to_first_chunk': firstChunk(told, call),
        'gen_ai.usage.input_tokens': call.usage?.input,
        'gen_ai.usage.output_tokens': call.usage?.output,
        'gen_ai.usage.cache_read.input_tokens': call.usage?.cached,
        'gen_ai.usage.cache_creation.input_tokens': call.usage?.cacheWrite,
        'gen_ai.usage.reasoning.output_tokens': call.usage?.reasoning,
        'gatehouse.upstream': call.upstream,
      },
    },
  ];
}

const operationOf = ({ operation = '' }: Told): string =>
  OPERATIONS[operation] ?? operation.slice(operation.indexOf('.') + 1);

const endOf = ({ stages }: Told, stage: string): number | undefined =>
  stages.find(({ name }) => name === stage)?.end;

const errorOf = ({ outcome, code, status }: Told): string | undefined =>
  outcome === 'completed' ? undefined : (code ?? String(status));

/** Seconds until the answer began; for streams only, as the conventions have it. */
function firstChunk(told: Told, { stream }: Call): number | undefined {
  const [sent, begun] = [endOf(told, 'record'), endOf(told, 'forward')];
  return stream && sent !== undefined && begun !== undefined ? (begun - sent) / 1000 : undefined;
}

const callAttributes = (told: Told, { dialect, address, port }: Call, model: string): Attributes => ({
  'gen_ai.operation.name': operationOf(told),
  'gen_ai.provider.name': PROVIDERS[dialect] ?? dialect,
  'gen_ai.request.model': model,
  'server.address': address,
  'server.port': address === undefined ? undefined : port,
});

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

/** Powers of four, from 1 to 4^13. */
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);

/** The metrics of all requests, with the bounds that the conventions give. */
export class Instruments {
  readonly #duration = new Histogram({
    name: 'gen_ai.client.operation.duration',
    description: 'GenAI operation duration.',
    unit: 's',
    bounds: SECONDS,
  });
  readonly #tokens = new Histogram({
    name: 'gen_ai.client.token.usage',
    description: 'Number of input and output tokens used.',
    unit: '{token}',
    bounds: TOKENS,
  });
  readonly #firstChunk = new Histogram({
    name: 'gen_ai.client.operation.time_to_first_chunk',
    description: 'Time to receive the first chunk of a stream.',
    unit: 's',
    bounds: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  });
  readonly #requests = new Histogram({
    name: 'http.server.request.duration',
    description: 'Duration of HTTP server requests.',
    unit: 's',
    bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  });

  record(told: Told): void {
    this.#requests.record(told.ms / 1000, {
      'http.request.method': methodOf(told),
      'url.scheme': told.https ? 'https' : 'http',
      'http.response.status_code': told.status,
      'error.type': failedBy(told),
    });
    const { call } = told;
    if (call === undefined) return;
    const about = callAttributes(told, call, call.label);
    const took = (told.ms - (endOf(told, 'record') ?? 0)) / 1000;
    this.#duration.record(took, { ...about, 'error.type': errorOf(told) });
    const first = firstChunk(told, call);
    if (first !== undefined) this.#firstChunk.record(first, about);
    if (call.usage === undefined) return;
    for (const type of ['input', 'output'] as const)
      this.#tokens.record(call.usage[type], { ...about, 'gen_ai.token.type': type });
  }

  collect() {
    const all = [this.#requests, this.#duration, this.#firstChunk, this.#tokens];
    return all.map((one) => one.collect()).filter(({ points }) => points.length > 0);
  }
}
