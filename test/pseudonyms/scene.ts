import { startGateway, type TestGateway, type TestOptions } from '../harness/gateway.ts';
import type { ScriptedUpstream } from '../harness/upstream.ts';

/** A guard that finds what these tests take for personal data. */
export const FINDS = `  - use: patterns
    name: pii
    action: pseudonymise
    patterns:
      - { id: email_address, match: '\\b[a-z0-9.]{1,40}@[a-z0-9]{1,40}\\.[a-z]{2,8}\\b' }
      - { id: person, match: '\\b(Ada|Grace|Alan) [A-Z][a-z]{1,20}\\b' }
      - { id: phone_number, match: '\\+[0-9]{1,3} [0-9 ]{6,14}[0-9]' }
      - { id: credit_card, match: '\\b[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}\\b' }
      - { id: note, match: '«[^»]{1,60}»' }
`;

/** A model server in each dialect, all of them the test's. */
const UPSTREAMS = (url: string) => `  open: { dialect: openai, url: "${url}/v1", key: k1, models: [m] }
  anth: { dialect: anthropic, url: "${url}", key: k2, models: [claude] }
  gem: { dialect: gemini, url: "${url}", key: k3, models: [gemini-x] }`;

/** An answer of Anthropic's that says nothing yet. */
export const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

/** A gateway with these guards before them. */
export const open = (
  upstream: ScriptedUpstream,
  policy: string,
  more: Partial<TestOptions> = {},
): Promise<TestGateway> =>
  startGateway({ upstream: upstream.url, upstreams: UPSTREAMS(upstream.url), policy, ...more });
