/** Licences of models on hubs that SPDX has, by the names that hubs use: identifiers of SPDX in other letters. */
const SPDX_IDS: ReadonlyMap<string, string> = new Map(
  `Apache-2.0 MIT BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear GPL-2.0-only GPL-3.0-only AGPL-3.0-only LGPL-2.1-only LGPL-3.0-only MPL-2.0
  ISC Unlicense WTFPL Zlib CC0-1.0 CC-BY-2.0 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC-BY-NC-2.0 CC-BY-NC-3.0 CC-BY-NC-4.0 CC-BY-ND-4.0
  CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0 AFL-3.0 Artistic-2.0 BSL-1.0 ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1
  EUPL-1.2 MS-PL NCSA OSL-3.0 PostgreSQL ODbL-1.0 PDDL-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 LPPL-1.3c OFL-1.1`
    .split(/\s+/)
    .flatMap((id): [string, string][] => [
      [id.toLowerCase(), id],
      [id.toLowerCase().replace(/-only$/, ''), id],
    ]),
);

/** The identifier of SPDX for a licence as hubs name it; undefined where it has none that is known here. */
export const spdxId = (licence: string): string | undefined => SPDX_IDS.get(licence.toLowerCase());

/** Licences as one expression of SPDX: all of them hold. What SPDX has not is a reference. */
export function licenceExpression(licences: readonly string[]): string | undefined {
  const all = licences.map(
    (one) => spdxId(one) ?? `LicenseRef-${one.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, 100)}`,
  );
  return all.length === 0 ? undefined : [...new Set(all)].join(' AND ');
}
