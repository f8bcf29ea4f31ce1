import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowsMedia } from './media.ts';
import { parsePolicy } from './parse.ts';

const policy = parsePolicy('version: 1\nroles: {}\nmedia: { allow: [image/*, Audio/WAV, remote-url] }', {
  kinds: new Map(),
  file: 'policy.yaml',
});

test('media: the type, its family or its kind', () => {
  for (const media of ['image/png', 'IMAGE/JPEG', 'audio/wav', 'remote-url'])
    assert.ok(allowsMedia(policy, media), media);
  for (const media of ['audio/mp3', 'image', 'unknown', 'tokens', 'file-id', '', '*', '/', 'imagex/png']) {
    assert.ok(!allowsMedia(policy, media), media);
  }
});
