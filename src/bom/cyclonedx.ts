import { type BomFile, type Card, type Dependency, hubUrl, type ModelBom, purlOf } from './bom.ts';
import { spdxId } from './licences.ts';

const MODEL = 'model';

/**
 * Writes a bill of materials as CycloneDX with a model card (ML-BOM).
 * @param version `1.7` or `1.6`; what is used of them is the same
 */
export function writeCycloneDx(bom: ModelBom, version: '1.6' | '1.7'): object {
  const { files, dependencies, card } = bom;
  const bases = card.baseModels.map((name) => ({ ref: `base:${name}`, name }));
  return {
    $schema: `http://cyclonedx.org/schema/bom-${version}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion: version,
    version: 1,
    metadata: {
      timestamp: bom.made,
      tools: { components: [{ type: 'application', name: bom.tool.name, version: bom.tool.version }] },
      component: modelOf(bom, bases),
    },
    components: [
      ...files.map(fileOf),
      ...card.datasets.map(datasetOf),
      ...[...byRef(dependencies).values()].map(libraryOf),
    ],
    dependencies: [
      {
        ref: MODEL,
        dependsOn: [...files.map(refOf), ...card.datasets.map(datasetRef), ...byRef(dependencies).keys()],
      },
    ],
    ...vulnerabilitiesOf(dependencies),
  };
}

const refOf = ({ path }: Pick<BomFile, 'path'>): string => `file:${path}`;
const datasetRef = (name: string): string => `dataset:${name}`;
const libraryRef = (one: Dependency): string =>
  `${purlOf(one)}${one.version === undefined ? `#${one.asked}` : ''}`;

const byRef = (dependencies: readonly Dependency[]): ReadonlyMap<string, Dependency> =>
  new Map(dependencies.map((one) => [libraryRef(one), one]));

function modelOf(bom: ModelBom, bases: readonly { readonly ref: string; readonly name: string }[]): object {
  const { name, version, card, facts, supplier } = bom;
  const purl = hubUrl(name);
  return {
    type: 'machine-learning-model',
    'bom-ref': MODEL,
    name,
    ...(version !== undefined && { version }),
    ...(purl !== undefined && {
      purl: version === undefined ? purl : `${purl}@${encodeURIComponent(version)}`,
    }),
    ...(card.description !== undefined && { description: card.description }),
    ...(supplier !== undefined && { supplier: { name: supplier } }),
    ...(card.authors.length > 0 && { authors: card.authors.map((one) => ({ name: one })) }),
    ...(card.licences.length > 0 && {
      licenses: card.licences.map((one) => licenceOf(one, card.licenceLink)),
    }),
    ...(card.tags.length > 0 && { tags: [...new Set(card.tags)] }),
    ...(bases.length > 0 && {
      pedigree: {
        ancestors: bases.map(({ ref, name: base }) => {
          const url = hubUrl(base);
          return {
            type: 'machine-learning-model',
            'bom-ref': ref,
            name: base,
            ...(url !== undefined && { purl: url }),
          };
        }),
        ...(card.relation !== undefined && { notes: `relation to the base model: ${card.relation}` }),
      },
    }),
    modelCard: {
      modelParameters: {
        ...(card.task !== undefined && { task: card.task }),
        ...(facts.modelType !== undefined && { architectureFamily: facts.modelType }),
        ...(facts.architectures[0] !== undefined && { modelArchitecture: facts.architectures.join(', ') }),
        ...(card.datasets.length > 0 && { datasets: card.datasets.map((one) => ({ ref: datasetRef(one) })) }),
      },
      ...(card.metrics.length > 0 && {
        quantitativeAnalysis: {
          performanceMetrics: card.metrics.map(({ type, value, slice }) => ({
            type,
            value,
            ...(slice !== '' && { slice }),
          })),
        },
      }),
      ...considerationsOf(card),
    },
    properties: propertiesOf(bom),
  };
}

function considerationsOf({ uses, limitations, emissions }: Card): object {
  const considerations = {
    ...(uses.length > 0 && { useCases: uses }),
    ...(limitations.length > 0 && { technicalLimitations: limitations }),
    ...(emissions !== undefined && {
      environmentalConsiderations: {
        properties: [{ name: 'co2-equivalent-emissions-grams', value: String(emissions) }],
      },
    }),
  };
  return Object.keys(considerations).length > 0 ? { considerations } : {};
}

function propertiesOf({ card, facts, scan, unread, advisories, released }: ModelBom): object[] {
  const pairs: [string, string | number | undefined][] = [
    ['parameters', facts.parameters],
    ['tensors', facts.tensors],
    ...Object.entries(facts.types).map(([type, count]): [string, number] => [`numbers:${type}`, count]),
    ['tokenizer', facts.tokenizer],
    ['formats', facts.formats.join(' ')],
    ['library', card.library],
    ['languages', card.languages.join(' ')],
    ['scan:verdict', scan.verdict],
    ['scan:bytes-read', scan.read],
    ['scan:bytes-not-read', scan.unread],
    ['released', released],
    ['advisories', advisories],
    ...unread.map((why): [string, string] => ['not-read', why]),
    ...Object.entries(facts.more),
  ];
  return pairs.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [{ name: `gatehouse:${name}`, value: String(value) }],
  );
}

/** Identifiers are those of SPDX in other letters; what is none of them is a name. */
function licenceOf(licence: string, link: string | undefined): object {
  const id = spdxId(licence);
  if (id !== undefined) return { license: { id } };
  const address = link !== undefined && /^https?:\/\//i.test(link) ? URL.parse(link) : null;
  return { license: { name: licence, ...(address !== null && { url: address.href }) } };
}

function fileOf(file: BomFile): object {
  return {
    type: 'file',
    'bom-ref': refOf(file),
    name: file.path,
    ...(file.sha256 !== undefined && { hashes: [{ alg: 'SHA-256', content: file.sha256 }] }),
    properties: [
      { name: 'gatehouse:size', value: String(file.size) },
      { name: 'gatehouse:formats', value: file.formats.join(' ') || 'unknown' },
      { name: 'gatehouse:scan:verdict', value: file.verdict },
      { name: 'gatehouse:scan:bytes-not-read', value: String(file.unread) },
      ...file.findings.map((rule) => ({ name: 'gatehouse:scan:finding', value: rule })),
    ],
  };
}

function datasetOf(name: string): object {
  return {
    type: 'data',
    'bom-ref': datasetRef(name),
    name,
    data: [{ type: 'dataset', name }],
  };
}

function libraryOf(one: Dependency): object {
  return {
    type: 'library',
    'bom-ref': libraryRef(one),
    name: one.name,
    ...(one.version !== undefined && { version: one.version }),
    purl: purlOf(one),
    ...referencesOf(one),
    properties: [
      { name: 'gatehouse:required-by', value: one.from },
      ...(one.asked !== '' ? [{ name: 'gatehouse:required', value: one.asked }] : []),
    ],
  };
}

/** Where it is taken from, if from no index. */
function referencesOf({ url }: Dependency): object {
  const address = url === undefined ? null : URL.parse(url);
  if (address === null) return {};
  const type = /^(?:git|hg|svn|bzr)\+/.test(address.protocol) ? 'vcs' : 'distribution';
  return { externalReferences: [{ type, url: address.href }] };
}

function vulnerabilitiesOf(dependencies: readonly Dependency[]): object {
  const affected = new Map<
    string,
    { readonly one: Dependency['vulnerabilities'][number]; readonly refs: Set<string> }
  >();
  for (const dependency of dependencies)
    for (const one of dependency.vulnerabilities) {
      const known = affected.get(one.id) ?? { one, refs: new Set() };
      known.refs.add(libraryRef(dependency));
      affected.set(one.id, known);
    }
  if (affected.size === 0) return {};
  return {
    vulnerabilities: [...affected.values()].map(({ one: { id, aliases, summary, severity }, refs }) => ({
      'bom-ref': `vulnerability:${id}`,
      id,
      source: { name: 'OSV' },
      ...(aliases.length > 0 && {
        references: aliases.map((alias) => ({ id: alias, source: { name: 'alias' } })),
      }),
      ...(summary !== '' && { description: summary }),
      ...(severity !== undefined &&
        WORDS.has(severity) && { ratings: [{ severity: WORDS.get(severity), method: 'other' }] }),
      affects: [...refs].map((ref) => ({ ref })),
    })),
  };
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['moderate', 'medium'],
  ['medium', 'medium'],
  ['low', 'low'],
]);
