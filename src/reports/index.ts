import { cyclonedx } from './cyclonedx.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import type { ReportKind } from './report.ts';
import { sarif } from './sarif.ts';
import { table } from './table.ts';

/** Every kind of report. A new one is a line here. */
export const REPORTS: readonly ReportKind[] = [table, json, sarif, html, cyclonedx, markdown];
