import { format, named } from './define.ts';
import type { Rule } from './rule.ts';
import { base62 } from './samples.ts';

/** Those who serve models, and what is around them. */
export const MODELS: readonly Rule[] = [
  format(
    'openai_key',
    'OpenAI',
    'sk-',
    '(?!ant-|or-v1-|lf-)(?:(?:proj|svcacct|admin|service|None)-[A-Za-z0-9_-]{20,250}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|(?![a-f0-9]{32}\\b)[A-Za-z0-9]{32,64}\\b)',
    {
      catches: [
        `${'sk'}-proj-${base62(74)}T3Blbk${'FJ'}${base62(74, 2)}`,
        `${'sk'}-svcacct-${base62(60)}`,
        `${'sk'}-${base62(20)}T3Blbk${'FJ'}${base62(20, 2)}`,
        `${'sk'}-${base62(48)}`,
      ],
      passes: [
        'sk-proj-your-api-key-goes-here-please',
        `sk-${'x'.repeat(48)}`,
        'task-management-system-overview-for-new-users',
      ],
    },
  ),
  format('anthropic_key', 'Anthropic', 'sk-ant-', '[a-z]{3,5}[0-9]{2}-[A-Za-z0-9_-]{60,130}', {
    passes: [`sk-ant-api03-${'x'.repeat(95)}`],
  }),
  format('openrouter_key', 'OpenRouter', 'sk-or-v1-', '[a-f0-9]{64}'),
  format('deepseek_key', 'DeepSeek', 'sk-', '[a-f0-9]{32}\\b'),
  format('groq_key', 'Groq', 'gsk_', '[A-Za-z0-9]{40,60}'),
  format('replicate_token', 'Replicate', 'r8_', '[A-Za-z0-9]{37,40}'),
  format('perplexity_key', 'Perplexity', 'pplx-', '[A-Za-z0-9]{40,64}'),
  format('xai_key', 'xAI', 'xai-', '[A-Za-z0-9]{70,100}'),
  format('huggingface_token', 'Hugging Face', '(?:hf_|api_org_)', '[A-Za-z0-9]{30,40}', {
    passes: ['hf_hub_download_and_cache_the_model_files', `hf_${'x'.repeat(34)}`],
  }),
  format('cerebras_key', 'Cerebras', 'csk-', '[a-z0-9]{40,60}'),
  format('fireworks_key', 'Fireworks AI', 'fw_', '[A-Za-z0-9]{22,30}\\b'),
  format('together_key', 'Together AI', 'tgp_v1_', '[A-Za-z0-9_-]{40,60}'),
  format('nvidia_key', 'NVIDIA', 'nvapi-', '[A-Za-z0-9_-]{60,80}'),
  format('elevenlabs_key', 'ElevenLabs', 'sk_', '[a-f0-9]{48}\\b'),
  format('langsmith_key', 'LangSmith', 'ls(?:v2_(?:pt|sk)|__)_?', '[a-f0-9]{32}(?:_[a-f0-9]{10})?'),
  format('langfuse_key', 'Langfuse', 'sk-lf-', '[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}'),
  format('pinecone_key', 'Pinecone', 'pcsk_', '[A-Za-z0-9]{4,8}_[A-Za-z0-9]{50,70}'),
  format('tavily_key', 'Tavily', 'tvly-', '(?:dev-|prod-)?[A-Za-z0-9]{32}'),
  format('jina_key', 'Jina AI', 'jina_', '[a-f0-9A-Za-z_-]{50,70}'),
  format('voyage_key', 'Voyage AI', 'pa-', '[A-Za-z0-9_-]{43}(?![\\w-])', {
    judge: (text) => /[A-Z]/.test(text) && /\d/.test(text) && /[a-z]/.test(text.slice(3)),
    passes: ['pa-the-quick-brown-fox-jumps-over-the-lazy-dog-again'],
  }),
  format('anyscale_key', 'Anyscale', 'esecret_', '[a-z0-9]{26,40}'),
  format('firecrawl_key', 'Firecrawl', 'fc-', '[a-f0-9]{32}\\b'),
  format('e2b_key', 'E2B', 'e2b_', '[a-f0-9]{40}'),
  format('runpod_key', 'RunPod', 'rpa_', '[A-Z0-9]{40,50}'),
  format('helicone_key', 'Helicone', 'sk-helicone-', '[a-z0-9-]{20,60}'),
  format('wandb_key', 'Weights & Biases', 'wandb_v1_', '[A-Za-z0-9_-]{40,90}'),
  format('modal_token', 'Modal', 'a[ks]-', '[A-Za-z0-9]{22}\\b', {
    judge: (text) => /[A-Z]/.test(text) && /\d/.test(text),
    catches: [`${'ak'}-${base62(22)}`, `${'as'}-${base62(22, 2)}`],
  }),
  named('cohere_key', 'Cohere', 'cohere|co_api', '[a-z0-9]{40}'),
  named('mistral_key', 'Mistral', 'mistral', '[a-z0-9]{32}'),
  named('azure_openai_key', 'Azure OpenAI', 'azure_openai|azure openai|aoai', '[a-f0-9]{32}|[a-z0-9]{84}'),
  named('assemblyai_key', 'AssemblyAI', 'assemblyai|assembly_ai', '[a-f0-9]{32}'),
  named('deepgram_key', 'Deepgram', 'deepgram', '[a-f0-9]{40}'),
  named('wandb_legacy_key', 'Weights & Biases', 'wandb|weights_biases', '[a-f0-9]{40}'),
  named('roboflow_key', 'Roboflow', 'roboflow', '[a-z0-9]{20}'),
  named('clarifai_key', 'Clarifai', 'clarifai', '[a-f0-9]{32}'),
  named('zhipu_key', 'Zhipu', 'zhipu|bigmodel|glm', '[a-f0-9]{32}\\.[a-z0-9]{16}'),
];
