import type { Case } from './case.ts';
import { type Refused, refused } from './refused.ts';

const MODELS = '/v1beta/models/';

/** Endpoints that other servers have, and that must lead nowhere here, whoever asks and however. */
const PLACES: readonly { readonly origin: string; readonly paths: readonly string[] }[] = [
  {
    origin: 'OpenAI API reference: what the server keeps, and what comes later',
    paths: [
      '/v1/responses/resp_1',
      '/v1/responses/resp_1/cancel',
      '/v1/responses/resp_1/input_items',
      '/v1/responses/input_tokens',
      '/v1/responses/compact',
      '/v1/chat/completions/chatcmpl-1',
      '/v1/conversations',
      '/v1/conversations/conv_1/items',
      '/v1/files',
      '/v1/files/file-1/content',
      '/v1/uploads',
      '/v1/vector_stores',
      '/v1/vector_stores/vs_1/search',
      '/v1/assistants',
      '/v1/threads',
      '/v1/threads/runs',
      '/v1/containers',
      '/v1/fine_tuning/jobs',
      '/v1/evals',
      '/v1/organization/admin_api_keys',
    ],
  },
  {
    origin: 'Batch APIs: many requests in a file that no guard reads',
    paths: [
      '/v1/batches',
      '/v1/messages/batches',
      '/v1/messages/batches/msgbatch_1/results',
      '/v1beta/models/gemini:batchGenerateContent',
      '/v1beta/batches',
    ],
  },
  {
    origin: 'Realtime and Live APIs: sound and events that no guard reads',
    paths: [
      '/v1/realtime',
      '/v1/realtime/sessions',
      '/v1/realtime/client_secrets',
      '/v1/realtime/calls',
      '/v1beta/models/gemini:bidiGenerateContent',
      '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent',
    ],
  },
  {
    origin: 'OpenAI API reference: pictures and sound that no guard reads',
    paths: [
      '/v1/images/generations',
      '/v1/images/edits',
      '/v1/audio/speech',
      '/v1/audio/transcriptions',
      '/v1/videos',
    ],
  },
  {
    origin: 'Gemini API reference: what the server keeps, and what comes later',
    paths: [
      '/v1beta/interactions',
      '/v1beta/interactions/1:cancel',
      '/v1beta/cachedContents',
      '/v1beta/files',
      '/upload/v1beta/files',
      '/v1beta/tunedModels',
      '/v1beta/corpora',
      '/v1beta/models/gemini:predict',
      '/v1beta/models/gemini:predictLongRunning',
    ],
  },
  {
    origin:
      'opendatahub-io/architecture-context PR 73, kserve#760, kserve#1624: /v2 without a credential; projectdiscovery/nuclei-templates PR 17270 (Triton); google/tsunami-security-scanner-plugins#433 (Triton): models loaded by request',
    paths: [
      '/v2/repository/index',
      '/v2/repository/models/x/load',
      '/v2/repository/models/x/unload',
      '/v2/models/m',
      '/v2/models/m/infer',
      '/v2/models/m/generate_stream',
      '/v2/models/m/versions/1/infer',
      '/v2/systemsharedmemory/region/x/register',
      '/v2/cudasharedmemory/status',
      '/v2/trace/setting',
      '/v2/logging',
      '/v1/models/m:predict',
      '/v1/models/m:explain',
      '/api/v0.1/predictions',
    ],
  },
  {
    origin:
      'BentoML CVE-2025-27520, CVE-2025-32375: bodies that are unpickled; BentoML CVE-2025-54381: files fetched from an address',
    paths: ['/predict', '/summarize', '/schema.json', '/docs.json', '/task/submit'],
  },
  {
    origin: 'LiteLLM CVE-2026-35029: /config/update asked for no role',
    paths: ['/config/update', '/config/yaml', '/get/config/callbacks', '/config/pass_through_endpoint'],
  },
  {
    origin: 'LiteLLM GHSA-wpfp-gwwc-vwq6: users set their own role',
    paths: ['/user/update', '/user/new', '/key/generate', '/key/update', '/team/member_add'],
  },
  {
    origin:
      'LiteLLM CVE-2026-30623, CVE-2026-42271: a request names a program that is started; BerriAI/litellm#35541 (CVE-2026-12795): functions without a credential',
    paths: [
      '/mcp',
      '/mcp/',
      '/mcp-rest/test/connection',
      '/mcp-rest/test/tools/list',
      '/v1/mcp/server',
      '/a2a',
      '/sse',
      '/debug/asyncio-tasks',
      '/health/services',
      '/model/new',
      '/guardrails/apply_guardrail',
    ],
  },
  {
    origin: 'vLLM, Ollama, llama.cpp: endpoints beside those of OpenAI',
    paths: [
      '/api/generate',
      '/api/chat',
      '/api/pull',
      '/tokenize',
      '/detokenize',
      '/pooling',
      '/score',
      '/invocations',
      '/v1/load_lora_adapter',
      '/inference/v1/generate',
      '/slots/0',
      '/props',
      '/infill',
      '/.well-known/agent.json',
      '/.git/config',
      '/graphql',
    ],
  },
];

const elsewhere: readonly Refused[] = PLACES.flatMap(({ origin, paths }) =>
  paths.flatMap((path) =>
    // A model may be named `m:predict`: to read what is known of it is no attack.
    (path.startsWith(MODELS) || path.startsWith('/v1/models/') ? ['POST'] : ['POST', 'GET']).map(
      (method): Refused => ({
        id: `${method} ${path}`,
        origin,
        attack: () => ({ method, path, ...(method === 'GET' && { body: undefined }) }),
      }),
    ),
  ),
);

export const elsewhereCases: readonly Case[] = refused('endpoints of other servers', elsewhere);
