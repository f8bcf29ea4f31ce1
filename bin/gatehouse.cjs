#!/usr/bin/env node
// Old syntax on purpose: an older Node must be able to read this file and say that it is too old.
'use strict';

var parts = process.versions.node.split('.');
var major = Number(parts[0]);
var minor = Number(parts[1]);

if (major < 24 || (major === 24 && minor < 7)) {
  process.stderr.write(
    'gatehouse: this needs Node 24.7 or newer, and this is Node ' +
      process.versions.node +
      '.\n' +
      '           Install a newer Node, or put it first in PATH.\n',
  );
  process.exitCode = 4;
} else {
  import('../dist/main.js');
}
