import type { JsonObject } from '../base/json.ts';

/** The name in the lists. Any other name is answered to as well, and echoed. */
export const MODEL = 'practice-model';

/** All that the practice model makes is of 2026-01-01, in seconds: the same request gets the same bytes. */
export const CREATED = 1_767_225_600;

export const openAiModel = (id: string): JsonObject => ({
  id,
  object: 'model',
  created: CREATED,
  owned_by: 'gatehouse',
});

export const openAiModels = (): JsonObject => ({ object: 'list', data: [openAiModel(MODEL)] });

export const anthropicModel = (id: string): JsonObject => ({
  type: 'model',
  id,
  display_name: 'Practice model (a simulation)',
  created_at: new Date(CREATED * 1000).toISOString(),
});

export const anthropicModels = (): JsonObject => ({
  data: [anthropicModel(MODEL)],
  has_more: false,
  first_id: MODEL,
  last_id: MODEL,
});

export const geminiModel = (id: string): JsonObject => ({
  name: `models/${id}`,
  version: '1',
  displayName: 'Practice model (a simulation)',
  inputTokenLimit: 1_000_000,
  outputTokenLimit: 1_000_000,
  supportedGenerationMethods: ['generateContent', 'countTokens', 'embedContent', 'batchEmbedContents'],
});

export const geminiModels = (): JsonObject => ({ models: [geminiModel(MODEL)] });
