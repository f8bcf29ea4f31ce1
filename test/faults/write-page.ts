import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { page } from './table.ts';

/** Where the table stands for readers. */
export const PAGE = path.join(import.meta.dirname, '..', '..', 'docs', 'faults.md');

if (import.meta.main) writeFileSync(PAGE, page());
