// Asks the gateway in this container whether it answers: exit code 0 or 1. There is no shell and no curl in the image.
// GATEHOUSE_HEALTH says where, if not on the usual port; a certificate is not checked, since nothing is told and the
// other end is this container.
import http from 'node:http';
import https from 'node:https';

const url = new URL(process.env.GATEHOUSE_HEALTH ?? 'http://127.0.0.1:8642/healthz');
const { get } = url.protocol === 'https:' ? https : http;
const request = get(url, { timeout: 3000, rejectUnauthorized: false }, (answer) => {
  process.exit(answer.statusCode === 200 ? 0 : 1);
});
request.on('timeout', () => request.destroy(new Error('no answer')));
request.on('error', () => process.exit(1));
