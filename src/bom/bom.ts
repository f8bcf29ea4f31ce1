import type { Verdict } from '../findings/result.ts';

/** What a bill of materials says of a model: the inner form, written as CycloneDX or SPDX. Names and texts come from its files. */
export interface ModelBom {
  readonly name: string;
  readonly version: string | undefined;
  /** Who gives it away, and the day on which it was released, `2026-11-21`: files say neither. */
  readonly supplier: string | undefined;
  readonly released: string | undefined;
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601, of now or of `SOURCE_DATE_EPOCH`. */
  readonly made: string;
  readonly card: Card;
  readonly facts: Facts;
  readonly files: readonly BomFile[];
  readonly dependencies: readonly Dependency[];
  /** What belongs in here and was not read, and why: `requirements.txt: …`. */
  readonly unread: readonly string[];
  /** Advisories that dependencies were compared with; undefined where there was no database. */
  readonly advisories: number | undefined;
  readonly scan: { readonly verdict: Verdict; readonly read: number; readonly unread: number };
}

/** What the model card (README.md) says in its front matter and its text. */
export interface Card {
  readonly description?: string | undefined;
  readonly authors: readonly string[];
  /** As written: SPDX identifiers mostly, in lower case. */
  readonly licences: readonly string[];
  readonly licenceLink?: string | undefined;
  readonly languages: readonly string[];
  readonly tags: readonly string[];
  readonly task?: string | undefined;
  readonly library?: string | undefined;
  readonly datasets: readonly string[];
  readonly baseModels: readonly string[];
  /** `finetune`, `adapter`, `merge`, `quantized`. */
  readonly relation?: string | undefined;
  readonly metrics: readonly Metric[];
  readonly uses: readonly string[];
  readonly limitations: readonly string[];
  /** Grams of CO2 equivalent of the training. */
  readonly emissions?: number | undefined;
}

export interface Metric {
  readonly type: string;
  readonly value: string;
  /** The data that it was measured on. */
  readonly slice: string;
}

/** What the files themselves say, as the scanner read them. */
export interface Facts {
  readonly architectures: readonly string[];
  readonly modelType?: string | undefined;
  readonly parameters?: number | undefined;
  readonly tensors?: number | undefined;
  /** Numbers by type: `{ F16: 1000 }`. */
  readonly types: Readonly<Record<string, number>>;
  readonly tokenizer?: string | undefined;
  readonly formats: readonly string[];
  /** Other settings that are worth a line. */
  readonly more: Readonly<Record<string, string>>;
}

export interface BomFile {
  readonly path: string;
  readonly size: number;
  /** Hex; the same that a signature has. */
  readonly sha256: string | undefined;
  readonly formats: readonly string[];
  readonly verdict: Verdict;
  readonly findings: readonly string[];
  readonly unread: number;
}

export interface Dependency {
  readonly ecosystem: 'PyPI' | 'npm' | 'conda';
  readonly name: string;
  /** Exact; undefined where only a range is asked for. */
  readonly version: string | undefined;
  /** As written: `>=4.30,<5`, `@ https://…`. */
  readonly asked: string;
  /** Where it is taken from, if from no index; no passwords in it. */
  readonly url?: string;
  readonly from: string;
  readonly vulnerabilities: readonly Vulnerability[];
}

export interface Vulnerability {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly severity: string | undefined;
}

/** The package URL of a dependency (purl specification 1.0). */
export function purlOf({
  ecosystem,
  name,
  version,
  url,
}: Pick<Dependency, 'ecosystem' | 'name' | 'version' | 'url'>): string {
  const path = name.split('/').map(encodeURIComponent).join('/');
  const at = version === undefined ? '' : `@${encodeURIComponent(version)}`;
  const from =
    url === undefined
      ? ''
      : `?${/^(?:git|hg|svn|bzr)\+/.test(url) ? 'vcs_url' : 'download_url'}=${encodeURIComponent(url)}`;
  return `pkg:${ecosystem.toLowerCase()}/${path}${at}${from}`;
}

/** The package URL of a model or a dataset on a hub, where its name has an owner. */
export const hubUrl = (name: string): string | undefined =>
  /^[\w.-]+\/[\w.-]+$/.test(name) ? `pkg:huggingface/${name}` : undefined;
