/**
 * The classes of SPDX 3.0.1 that a bill uses, with their properties, written by hand from the specification (model/*, its
 * JSON-LD names): the official JSON schema is in no package that we could install. `!` must be there.
 */
const ELEMENT = 'type! spdxId! creationInfo! name summary description comment';
const ARTIFACT = `${ELEMENT} verifiedUsing suppliedBy originatedBy releaseTime builtTime software_primaryPurpose`;
const PACKAGE = `${ARTIFACT} software_packageVersion software_packageUrl software_downloadLocation`;

const CLASSES: Readonly<Record<string, string>> = {
  CreationInfo: 'type! @id! specVersion! created! createdBy! createdUsing',
  SoftwareAgent: ELEMENT,
  Agent: ELEMENT,
  Tool: ELEMENT,
  software_File: ARTIFACT,
  software_Package: PACKAGE,
  ai_AIPackage: `${PACKAGE} ai_domain ai_typeOfModel ai_limitation ai_informationAboutApplication ai_metric ai_hyperparameter`,
  dataset_DatasetPackage: `${PACKAGE} dataset_datasetType!`,
  simplelicensing_LicenseExpression: `${ELEMENT} simplelicensing_licenseExpression!`,
  security_Vulnerability: ELEMENT,
  Annotation: `${ELEMENT} annotationType! subject! statement`,
  Relationship: `${ELEMENT} from! relationshipType! to!`,
  SpdxDocument: `${ELEMENT} profileConformance rootElement! element!`,
  Hash: 'type! algorithm! hashValue!',
  DictionaryEntry: 'type! key! value',
};

/** Values that are one of a vocabulary, or of a form. */
const VALUES: Readonly<Record<string, RegExp>> = {
  spdxId: /^(?!_:)[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/,
  specVersion: /^3\.0\.1$/,
  created: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  releaseTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  algorithm: /^sha256$/,
  hashValue: /^[0-9a-f]{64}$/,
  annotationType: /^(?:review|other)$/,
  software_primaryPurpose: /^(?:model|data)$/,
  dataset_datasetType: /^noAssertion$/,
  software_packageUrl: /^pkg:/,
  software_downloadLocation: /^[a-z][a-z0-9+.-]*:\S+$/,
  relationshipType:
    /^(?:contains|dependsOn|trainedOn|descendantOf|hasDeclaredLicense|hasConcludedLicense|hasAssociatedVulnerability)$/,
  profileConformance: /^(?:core|software|ai|dataset|simpleLicensing|security)$/,
  simplelicensing_licenseExpression: /^[A-Za-z0-9.-]+(?: AND [A-Za-z0-9.-]+)*$/,
};

/** Properties that may have several values; all others have one. */
const LISTS = new Set(
  'createdBy createdUsing verifiedUsing ai_domain ai_typeOfModel ai_metric ai_hyperparameter dataset_datasetType to profileConformance rootElement element originatedBy'.split(
    ' ',
  ),
);
/** Properties that name elements. */
const REFERENCES = new Set(
  'createdBy createdUsing creationInfo from to subject rootElement element suppliedBy'.split(' '),
);
/** Elements that the specification has by itself. */
const INDIVIDUALS = new Set(['https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense']);
/** What the profile asks of every AI package (AI/AIPackage, external properties; AI, profile conformance). */
const AI = [
  'suppliedBy',
  'software_downloadLocation',
  'software_packageVersion',
  'software_primaryPurpose',
  'releaseTime',
];

export type Node = { readonly type: string } & Readonly<Record<string, unknown>>;

/** What is wrong with a document; nothing where it is right. */
export function wrongIn(document: {
  readonly '@context': unknown;
  readonly '@graph': readonly Node[];
}): string[] {
  const graph = document['@graph'];
  const wrong: string[] = [];
  const ids = graph.map((one) => String(one.spdxId ?? one['@id']));
  if (document['@context'] !== 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld') wrong.push('the context');
  if (new Set(ids).size !== ids.length) wrong.push('an identifier twice');
  const known = new Set([...ids, ...INDIVIDUALS]);
  const check = (one: Node): void => {
    const properties = CLASSES[one.type]?.split(' ');
    if (properties === undefined) return void wrong.push(`no class ${one.type}`);
    for (const name of properties)
      if (name.endsWith('!') && one[name.slice(0, -1)] === undefined)
        wrong.push(`${one.type} without ${name}`);
    for (const [name, value] of Object.entries(one)) {
      if (!properties.includes(name) && !properties.includes(`${name}!`))
        wrong.push(`${one.type} with ${name}`);
      if (Array.isArray(value) !== LISTS.has(name)) wrong.push(`${one.type}.${name}: one value or several`);
      if (Array.isArray(value) && (value.length === 0 || new Set(value).size !== value.length))
        wrong.push(`${one.type}.${name}: none, or one twice`);
      for (const item of Array.isArray(value) ? value : [value]) {
        if (typeof item === 'object' && item !== null) check(item as Node);
        else if (typeof item !== 'string' || item === '') wrong.push(`${one.type}.${name} is no text`);
        else if (VALUES[name]?.test(item) === false) wrong.push(`${one.type}.${name}: ${item}`);
        else if (REFERENCES.has(name) && !known.has(item))
          wrong.push(`${one.type}.${name}: there is no ${item}`);
      }
    }
  };
  graph.forEach(check);
  const count = (from: unknown, type: string) =>
    graph.filter((one) => one.type === 'Relationship' && one.from === from && one.relationshipType === type)
      .length;
  const [main, ...others] = graph.filter(({ type }) => type === 'SpdxDocument');
  if (main === undefined || others.length > 0) return [...wrong, 'not one document'];
  if ((main.profileConformance as string[]).includes('ai'))
    for (const one of graph.filter(({ type }) => type === 'ai_AIPackage')) {
      for (const name of AI) if (one[name] === undefined) wrong.push(`the profile ai without ${name}`);
      for (const type of ['hasDeclaredLicense', 'hasConcludedLicense'])
        if (count(one.spdxId, type) !== 1) wrong.push(`the profile ai without one ${type}`);
    }
  return wrong;
}
