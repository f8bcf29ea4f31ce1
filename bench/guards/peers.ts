import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installPeers, PEERS, peerFolder, peerVersion } from '../harness/peers.ts';
import type { Subject } from './subjects.ts';

const NAMES = ['@openai/guardrails', '@andersmyrmel/vard', 'llm_guardrail'] as const;

export const peerVersions = (): Record<string, string | undefined> =>
  Object.fromEntries(NAMES.map((name) => [name, peerVersion(name)]));

interface OpenAi {
  readonly pii: (context: null, text: string, config: object) => Promise<{ info: PiiInfo }>;
  readonly PIIConfig: { parse(config: object): object };
  readonly secretKeysCheck: (context: object, text: string, config: object) => Promise<{ info: SecretInfo }>;
  readonly SecretKeysConfig: { parse(config: object): object };
}
interface PiiInfo {
  readonly detected_entities: Readonly<Record<string, readonly string[]>>;
}
interface SecretInfo {
  readonly detected_secrets: readonly string[];
}
interface Vard {
  readonly vard: {
    moderate(): {
      maxLength(chars: number): {
        safeParse(text: string): { readonly safe: boolean; readonly data?: string };
      };
    };
  };
}
interface Verdict {
  readonly detected: boolean;
}
interface Guardrail {
  readonly checkInjection: (text: string) => Promise<Verdict>;
  readonly checkJailbreak: (text: string) => Promise<Verdict>;
}

const fileUrl = (name: string, file: string): string => pathToFileURL(join(peerFolder(name), file)).href;

/**
 * What of the peers runs without a key and a network, each at its own defaults. Of `@openai/guardrails` these are personal data and
 * secret keys; its jailbreak and injection checks ask a model. `llm_guardrail` is asked for injection and jailbreak.
 */
export async function peers(
  say: (line: string) => void,
): Promise<{ readonly subjects: readonly Subject[]; readonly trouble: string | undefined }> {
  const trouble = await installPeers(NAMES, say);
  if (trouble !== undefined) return { subjects: [], trouble };
  // Loaded here, so that all are measured in one process.
  const openai = createRequire(`${PEERS}/package.json`)('@openai/guardrails') as OpenAi;
  const { vard } = (await import(fileUrl('@andersmyrmel/vard', 'dist/index.js'))) as Vard;
  const guardrail = (await import(fileUrl('llm_guardrail', 'index.js'))) as Guardrail;
  const long = vard.moderate().maxLength(10_000_000);
  const [piiConfig, secretConfig] = [openai.PIIConfig.parse({}), openai.SecretKeysConfig.parse({})];
  return {
    trouble,
    subjects: [
      {
        name: '@openai/guardrails pii',
        task: 'pii',
        // It throws where there is no text.
        run: async (text) =>
          text === ''
            ? []
            : Object.values((await openai.pii(null, text, piiConfig)).info.detected_entities).flat(),
      },
      {
        name: '@openai/guardrails secrets',
        task: 'secrets',
        run: async (text) => (await openai.secretKeysCheck({}, text, secretConfig)).info.detected_secrets,
      },
      {
        name: '@andersmyrmel/vard',
        task: 'injection',
        // It takes out what it does not refuse. Its limit of 10,000 characters would have it read nothing longer.
        run: (text) => {
          const said = long.safeParse(text);
          return said.safe && said.data === text ? [] : [text];
        },
      },
      {
        name: 'llm_guardrail',
        task: 'injection',
        run: async (text) => {
          const [injection, jailbreak] = [
            await guardrail.checkInjection(text),
            await guardrail.checkJailbreak(text),
          ];
          return injection.detected || jailbreak.detected ? [text] : [];
        },
      },
    ],
  };
}
