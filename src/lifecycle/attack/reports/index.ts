import { html } from './html.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import type { AttackReport } from './report.ts';
import { sarif } from './sarif.ts';
import { table } from './table.ts';

/** Every kind of report of an attack. A new one is a line here. */
export const ATTACK_REPORTS: readonly AttackReport[] = [table, json, html, sarif, markdown];
