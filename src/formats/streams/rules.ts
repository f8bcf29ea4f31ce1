import type { Rule } from '../../findings/rule.ts';

const hidden = {
  cwe: ['CWE-436', 'CWE-693'],
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003'],
} as const;

/** Rules of everything that is one compressed stream: gzip, zlib, bzip2, xz, LZMA, LZ4, Zstandard. */
export const STREAM_RULES = {
  corrupt: {
    id: 'stream.corrupt',
    title: 'A compressed stream that breaks off',
    severity: 'medium',
    about:
      'The stream breaks its own rules, ends too early, or its checksum is wrong. Loaders that read as they unpack (joblib, pickle over gzip) have run what came before the break by the time they notice; scanners that unpack first see nothing. What came before it was read here.',
    advice: 'Get the file again from where it comes from and compare digests. Do not load it as it is.',
    ...hidden,
  },
  trailing: {
    id: 'stream.trailing',
    title: 'Bytes behind a compressed stream',
    severity: 'medium',
    about:
      'Behind the end of the stream there is more, and not another stream. Some programs ignore it, others read it. It was read as a file of its own.',
    advice: 'Ask for a file without it: nothing that writes models makes such files.',
    ...hidden,
  },
  unsupported: {
    id: 'stream.unsupported',
    title: 'A compressed stream of a kind that is not read',
    severity: 'medium',
    about:
      'The stream uses a part of its format that no library for models writes (a filter for machine code, a dictionary of gigabytes), so it could not be unpacked and nobody knows what is in it.',
    advice: 'Unpack it where nothing can happen, scan what is in it, and pack it anew without that.',
    ...hidden,
  },
} as const satisfies Record<string, Rule>;
