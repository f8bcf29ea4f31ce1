import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DETECTION_PAGE, detectionPage } from '../scripts/detection-page.ts';
import { stalePages } from '../scripts/rule-pages.ts';

test('every rule of the scanner has its page (npm run rules writes them)', () => {
  assert.deepEqual(stalePages(), []);
});

test('the page of the detections is that of their rules (npm run rules writes it)', () => {
  assert.equal(readFileSync(DETECTION_PAGE, 'utf8'), detectionPage());
});
