import { readFileSync } from 'node:fs';

/**
 * A bill of materials (CycloneDX 1.6) of what runs: every package of the lock file that is not for development, and Node. From
 * the lock file, so that it needs no network and is the same each time. `npm sbom --omit dev` leaves out packages that a
 * development dependency needs too.
 */

interface Locked {
  readonly name?: string;
  readonly version: string;
  readonly dev?: boolean;
  readonly license?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

const BELOW = 'node_modules/';

/** Package URL (https://github.com/package-url/purl-spec): only the `@` of a scope is encoded. */
const purlOf = (name: string, version: string) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

const nameAt = (place: string) => place.slice(place.lastIndexOf(BELOW) + BELOW.length);

/** Where Node finds a package from a place: in the nearest `node_modules` above it. */
function resolve(lock: Lock, from: string, name: string): string | undefined {
  for (let place = from; ; ) {
    const found = `${place === '' ? '' : `${place}/`}${BELOW}${name}`;
    if (lock.packages[found] !== undefined) return found;
    if (place === '') return undefined;
    const up = place.lastIndexOf(`/${BELOW}`);
    place = up < 0 ? '' : place.slice(0, up);
  }
}

/** @param node version of the Node that runs it all */
export function billOfMaterials(lock: Lock, node: string) {
  const running = Object.entries(lock.packages).filter(([place, { dev }]) => place !== '' && dev !== true);
  const refOf = (place: string) => purlOf(nameAt(place), lock.packages[place]?.version ?? '');
  const root = lock.packages[''];
  const self = purlOf(root?.name ?? '', root?.version ?? '');
  const runtime = `pkg:generic/node@${node}`;
  const dependsOn = (place: string) => {
    const { dependencies, peerDependencies, optionalDependencies } = lock.packages[place] ?? {};
    const wanted = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
    const found = wanted.flatMap((name) => resolve(lock, place, name) ?? []);
    return found.filter((one) => lock.packages[one]?.dev !== true).map(refOf);
  };
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': self,
        name: root?.name ?? '',
        version: root?.version ?? '',
        purl: self,
        ...licensed(root?.license),
      },
    },
    components: [
      ...running.map(([place, { version, license, integrity }]) => ({
        type: 'library',
        'bom-ref': refOf(place),
        name: nameAt(place),
        version,
        purl: refOf(place),
        ...licensed(license),
        ...(integrity?.startsWith('sha512-') && {
          hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.slice(7), 'base64').toString('hex') }],
        }),
      })),
      { type: 'platform', 'bom-ref': runtime, name: 'node', version: node, purl: runtime },
    ],
    dependencies: [
      { ref: self, dependsOn: [...dependsOn(''), runtime] },
      ...running.map(([place]) => ({ ref: refOf(place), dependsOn: dependsOn(place) })),
    ],
  };
}

const licensed = (license: string | undefined) =>
  license === undefined ? {} : { licenses: [{ expression: license }] };

if (import.meta.main) {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as Lock;
  process.stdout.write(`${JSON.stringify(billOfMaterials(lock, process.versions.node), null, 2)}\n`);
}
