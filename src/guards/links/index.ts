import Type, { type Static } from 'typebox';
import { Problem } from '../../base/problem.ts';
import type { About, GuardKind } from '../guard.ts';
import { hostMatcher, parseAddress } from './address.ts';
import { cargoOf } from './carried.ts';
import { LinkReader, type Placed } from './reader.ts';

const hosts = (description: string) =>
  Type.Array(
    Type.String({
      pattern: '^(?:\\*\\.)?[^\\s/@*?#\\\\]{1,253}$',
      description: 'a host: example.com, *.example.com or example.com:8443',
    }),
    { maxItems: 10_000, description },
  );

const Settings = Type.Object(
  {
    allow: Type.Optional(
      hosts('Hosts that links may lead to: example.com, *.example.com (what is below it). Default: any.'),
    ),
    images: Type.Optional(
      hosts(
        'Hosts of pictures and of whatever else is fetched unasked. Default: those of allow; without it, none.',
      ),
    ),
    schemes: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z][a-z0-9+.-]{0,31}$' }), {
        minItems: 1,
        description: 'Kinds of addresses. Default: https, http, mailto, tel.',
      }),
    ),
    cargo: Type.Optional(
      Type.Enum(['find', 'ignore'], {
        description:
          'Addresses that carry text of the request, encoded text or what looks random. Default: find.',
      }),
    ),
  },
  { additionalProperties: false },
);

type Settings = Static<typeof Settings>;

const DANGEROUS = /^(?:javascript|vbscript|data|file|blob|filesystem):$/;

/** `http://` in a sentence, `https://<host>/`, `https://[host]/`, `https://...`: nobody makes a link of that. */
const PLACEHOLDER = /^\w+:[\\/]*(?:$|\[|\$|\.{2,}|…|%s|:)/;

/** Links and pictures that lead where they must not, or carry data out. */
export const links: GuardKind<Settings> = {
  kind: 'links',
  about: 'Links and pictures to other hosts than those on a list, or whose address carries data out.',
  settings: Settings,
  build(name, settings) {
    const {
      allow,
      images = allow ?? [],
      schemes = ['https', 'http', 'mailto', 'tel'],
      cargo = 'find',
    } = settings;
    const isAllowed = matcher(name, allow ?? []);
    const isImage = matcher(name, images);
    const isScheme = new Set(schemes.map((scheme) => `${scheme}:`));
    const wrong = (
      { text, fetched, inside, endless, schemeless }: Placed,
      about: About,
    ): string | undefined => {
      const address = schemeless || /^www\./i.test(text) ? `http://${text}` : text;
      const url = parseAddress(address);
      if (url === undefined) return undefined;
      if (endless) return 'too_long';
      if (url === 'broken')
        return schemeless || (!inside && PLACEHOLDER.test(address)) ? undefined : 'broken';
      if (schemeless) return cargo === 'find' ? schemelessCargo(url, text, about) : undefined;
      // In prose `data:` and `file:` are words as well.
      if (!inside && DANGEROUS.test(url.protocol) && !/^\w+:[/\w("']/.test(address)) return undefined;
      if (!isScheme.has(url.protocol)) return 'scheme';
      if (url.host === '') {
        if (fetched) return 'image';
        // A letter, a message: what it says before anybody wrote it.
        return cargo === 'find' ? cargoOf(url, text, about.asked, true) : undefined;
      }
      if (url.username !== '' || url.password !== '') return 'userinfo';
      if (fetched && !isImage(url)) return 'image';
      const known = isAllowed(url) || (fetched && isImage(url));
      if (!known && allow !== undefined) return 'host';
      return cargo === 'find' ? cargoOf(url, text, about.asked, known) : undefined;
    };
    return {
      name,
      open: (about) =>
        new LinkReader((address) => {
          const reason = wrong(address, about);
          if (reason === undefined) return undefined;
          const replacement = address.inside ? '#removed' : '[address removed]';
          return { reason: `${name}.${reason}`, replacement, technique: 'exfiltration' };
        }),
    };
  },
  proof: {
    settings: { allow: ['example.com', '*.example.org'], images: ['img.example.com'] },
    catches: [
      { text: 'see [here](https://evil.test/a) now', reason: 'links.host' },
      { text: 'see https://evil.test/a.', reason: 'links.host' },
      { text: '![x](https://example.com/pixel.png)', reason: 'links.image' },
      { text: '<IMG alt=a SRC = "//evil.test/p">', reason: 'links.image' },
      { text: '[a](javascript&colon;alert(1))', reason: 'links.scheme' },
      { text: 'to https://example.com@evil.test/', reason: 'links.userinfo' },
      { text: '[r]\n\n[r]: <https:\\\\evil.test>\n', reason: 'links.host' },
      { text: '![pic][1]\n\n[1]: https://example.com/x\n', reason: 'links.image' },
    ],
    passes: [
      'see [here](https://example.com/a) and <https://a.b.example.org/x?y=1>, or [below](#part)',
      'In C, a = b; // comment and http is a protocol. data: none; ratio 3:4 (www is old)',
      '![ok](https://img.example.com/a.png) https://EXAMPLE.com./',
      '',
    ],
  },
};

/** What names no scheme may be a file as well: only what it certainly carries counts. */
function schemelessCargo(url: URL, text: string, { asked }: About): string | undefined {
  const carried = cargoOf(url, text, asked, false);
  return carried === 'prompt_text' || carried === 'encoded' ? carried : undefined;
}

function matcher(name: string, list: readonly string[]): (url: URL) => boolean {
  try {
    return hostMatcher(list);
  } catch (cause) {
    throw new Problem('usage', `Guard “${name}” names a host that is none.`, undefined, cause);
  }
}
