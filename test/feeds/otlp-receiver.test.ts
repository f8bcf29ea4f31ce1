import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receiveLogs } from './otlp-receiver.ts';

const sent = (record: object) =>
  JSON.stringify({ resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {}, logRecords: [record] }] }] });

test('the receiver takes what the protobuf has, and nothing else', () => {
  const good = {
    timeUnixNano: '1800000000000000000',
    severityNumber: 9,
    body: { stringValue: 'it was so' },
    attributes: [{ key: 'n', value: { intValue: '7' } }],
    traceId: '5b8efff798038103d269b633813fc60c',
  };
  const [record] = receiveLogs(sent(good));
  assert.deepEqual([record?.body, record?.attributes], ['it was so', { n: '7' }]);
  for (const [name, value] of Object.entries({
    time_unix_nano: '1',
    timeUnixNano: '1.5',
    observedTimeUnixNano: '-1',
    severityNumber: 'INFO',
    body: { stringValue: 'a', intValue: 1 },
    attributes: [
      { key: 'n', value: { intValue: 1 } },
      { key: 'n', value: { intValue: 2 } },
    ],
    traceId: 'W47/95gDgQPSabYzgT/GDA==',
    eventName: 7,
  }))
    assert.throws(() => receiveLogs(sent({ ...good, [name]: value })), TypeError, name);
  assert.throws(() => receiveLogs('{"logs":[]}'), TypeError);
});
