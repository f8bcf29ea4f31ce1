import { createHash } from 'node:crypto';
import { type Dependency, hubUrl, type ModelBom, purlOf } from './bom.ts';
import { licenceExpression } from './licences.ts';

/** Writes a bill of materials as SPDX 3.0.1 (JSON-LD) with the profiles AI and Dataset. */
export function writeSpdx(bom: ModelBom): object {
  const graph = new Graph(bom);
  return { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': graph.elements };
}

const CREATION = '_:creation';
/** What is not known is said so. */
const NO_LICENCE = 'https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense';
const HUB = 'https://huggingface.co';

class Graph {
  readonly elements: object[] = [];
  readonly #base: string;
  readonly #ids: string[] = [];

  constructor(bom: ModelBom) {
    // The same model gives the same names.
    const digest = createHash('sha256')
      .update(JSON.stringify(bom.files.map(({ path, sha256 }) => [path, sha256])))
      .digest('hex');
    this.#base = `urn:gatehouse:bom:${digest.slice(0, 32)}`;
    this.elements.push({
      type: 'CreationInfo',
      '@id': CREATION,
      specVersion: '3.0.1',
      created: bom.made,
      createdBy: [this.#id('agent')],
      createdUsing: [this.#id('tool')],
    });
    this.#add('SoftwareAgent', 'agent', { name: bom.tool.name });
    this.#add('Tool', 'tool', { name: `${bom.tool.name}-${bom.tool.version}` });
    const model = this.#model(bom);
    this.#files(bom, model);
    this.#around(bom, model);
    this.#dependencies(bom.dependencies, model);
    this.#document(bom, model);
  }

  #id(name: string): string {
    return `${this.#base}#${encodeURIComponent(name)}`;
  }

  #add(type: string, name: string, fields: object): string {
    const spdxId = this.#id(name);
    this.elements.push({ type, spdxId, creationInfo: CREATION, ...fields });
    this.#ids.push(spdxId);
    return spdxId;
  }

  #relate(from: string, relationshipType: string, to: readonly string[]): void {
    if (to.length === 0) return;
    this.#add('Relationship', `relation-${this.#ids.length}`, { from, relationshipType, to });
  }

  #model({ name, version, supplier, released, card, facts }: ModelBom): string {
    const url = hubUrl(name);
    const by = supplier === undefined ? undefined : this.#add('Agent', 'supplier', { name: supplier });
    return this.#add('ai_AIPackage', 'model', {
      name,
      software_primaryPurpose: 'model',
      ...(version !== undefined && { software_packageVersion: version }),
      ...(url !== undefined && { software_packageUrl: url, software_downloadLocation: `${HUB}/${name}` }),
      ...(by !== undefined && { suppliedBy: by }),
      ...(released !== undefined && { releaseTime: `${released}T00:00:00Z` }),
      ...(card.description !== undefined && { description: card.description }),
      ...(card.task !== undefined && { ai_domain: [card.task] }),
      ...(facts.architectures.length > 0 && { ai_typeOfModel: facts.architectures }),
      ...(card.limitations[0] !== undefined && { ai_limitation: card.limitations.join('\n\n') }),
      ...(card.uses[0] !== undefined && { ai_informationAboutApplication: card.uses.join('\n\n') }),
      ...(card.metrics.length > 0 && {
        ai_metric: card.metrics.map(({ type, slice, value }) =>
          entry(slice === '' ? type : `${type} (${slice})`, value),
        ),
      }),
      ...(facts.parameters !== undefined && {
        ai_hyperparameter: [
          entry('parameters', String(facts.parameters)),
          ...Object.entries(facts.types).map(([type, count]) => entry(`numbers of ${type}`, String(count))),
        ],
      }),
    });
  }

  #files({ files, scan }: ModelBom, model: string): void {
    const ids = files.map(({ path, sha256, verdict, unread, formats }) =>
      this.#add('software_File', `file/${path}`, {
        name: path,
        comment: `gatehouse scan: ${verdict}; ${unread} bytes not read; ${formats.join(' ') || 'unknown format'}`,
        ...(sha256 !== undefined && {
          verifiedUsing: [{ type: 'Hash', algorithm: 'sha256', hashValue: sha256 }],
        }),
      }),
    );
    this.#relate(model, 'contains', ids);
    this.#add('Annotation', 'scan', {
      annotationType: 'review',
      subject: model,
      statement: `gatehouse scan: ${scan.verdict}; ${scan.read} bytes read, ${scan.unread} not read`,
    });
  }

  #around({ card }: ModelBom, model: string): void {
    const datasets = card.datasets.map((name) =>
      this.#add('dataset_DatasetPackage', `dataset/${name}`, {
        name,
        software_primaryPurpose: 'data',
        ...(hubUrl(name) !== undefined && { software_downloadLocation: `${HUB}/datasets/${name}` }),
        dataset_datasetType: ['noAssertion'],
      }),
    );
    this.#relate(model, 'trainedOn', datasets);
    // Less is known of them than an AI package has to say.
    const bases = card.baseModels.map((name) =>
      this.#add('software_Package', `base/${name}`, {
        name,
        software_primaryPurpose: 'model',
        ...(hubUrl(name) !== undefined && { software_packageUrl: hubUrl(name) }),
      }),
    );
    this.#relate(model, 'descendantOf', bases);
    const expression = licenceExpression(card.licences);
    const declared =
      expression === undefined
        ? NO_LICENCE
        : this.#add('simplelicensing_LicenseExpression', 'licence', {
            simplelicensing_licenseExpression: expression,
          });
    // The profile wants exactly one of each. What the licences come to is for lawyers.
    this.#relate(model, 'hasDeclaredLicense', [declared]);
    this.#relate(model, 'hasConcludedLicense', [NO_LICENCE]);
  }

  #dependencies(dependencies: readonly Dependency[], model: string): void {
    const known = new Map<string, string>();
    for (const one of dependencies) {
      const purl = purlOf(one);
      if (known.has(purl)) continue;
      const id = this.#add('software_Package', `package/${purl}`, {
        name: one.name,
        software_packageUrl: purl,
        ...(one.url !== undefined && { software_downloadLocation: one.url }),
        ...(one.version !== undefined && { software_packageVersion: one.version }),
      });
      known.set(purl, id);
      const vulnerabilities = one.vulnerabilities.map(({ id: name, summary }) =>
        this.#add('security_Vulnerability', `vulnerability/${purl}/${name}`, {
          name,
          ...(summary !== '' && { summary }),
        }),
      );
      this.#relate(id, 'hasAssociatedVulnerability', vulnerabilities);
    }
    this.#relate(model, 'dependsOn', [...known.values()]);
  }

  #document(bom: ModelBom, model: string): void {
    const element = [...this.#ids];
    this.#add('SpdxDocument', 'document', {
      profileConformance: profilesOf(bom),
      rootElement: [model],
      element,
    });
  }
}

/**
 * The profiles that it has all for that they ask. Of an AI package that is its supplier, version, release and place; of a
 * dataset when and by whom it was made, which no model says.
 */
function profilesOf({ name, version, supplier, released, card }: ModelBom): string[] {
  const isWhole = [hubUrl(name), version, supplier, released].every((one) => one !== undefined);
  return [
    'core',
    'software',
    'simpleLicensing',
    'security',
    ...(isWhole ? ['ai'] : []),
    ...(card.datasets.length === 0 ? ['dataset'] : []),
  ];
}

const entry = (key: string, value: string) => ({ type: 'DictionaryEntry', key, value });
