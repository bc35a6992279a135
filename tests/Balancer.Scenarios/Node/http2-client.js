// Node's http2 as the client of a gateway. usage: http2-client.js PORT AUTHORITY; prints ok, or says what was wrong and fails.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, constants } from 'node:http2';
import { connect as connectTls } from 'node:tls';

const [, , port, authority] = process.argv;
const ca = readFileSync(authority);
const session = connect('https://a.test', {
  createConnection: () => connectTls({ host: '127.0.0.1', port, servername: 'a.test', ca, ALPNProtocols: ['h2'] }),
});
session.on('goaway', (code) => assert.equal(code, constants.NGHTTP2_NO_ERROR));
await once(session, 'connect');
assert.equal(session.alpnProtocol, 'h2');

function exchange(headers, body, { slow } = {}) {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':authority': 'a.test', ...headers });
    const result = { body: [], trailers: {} };
    stream.on('response', (head) => (result.head = head));
    stream.on('trailers', (trailers) => (result.trailers = trailers));
    stream.on('data', (data) => {
      result.body.push(data);
      if (slow) {
        stream.pause();
        setTimeout(() => stream.resume(), 1);
      }
    });
    stream.on('end', () => resolve({ ...result, body: Buffer.concat(result.body) }));
    stream.on('error', reject);
    stream.end(body);
  });
}

const plain = (path) => exchange({ ':path': path });

// Many streams on one connection.
const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => plain(`/get?${i}`)));
answers.forEach((answer, i) => {
  assert.equal(answer.head[':status'], 200);
  assert.equal(answer.body.toString(), `GET a.test /get?${i}`);
  assert.deepEqual(answer.head['set-cookie'], ['a=1', 'b=2']);
});

// Bodies and trailers.
for (const size of [0, 1, 16384, 3_000_000]) {
  const body = randomBytes(size);
  const answer = await exchange({ ':method': 'POST', ':path': '/echo' }, body);
  assert.equal(answer.head[':status'], 200);
  assert.ok(answer.body.equals(body), `${size} bytes came back as ${answer.body.length}`);
  assert.equal(answer.trailers['x-digest'], createHash('sha256').update(body).digest('hex'));
}

// A stream that is read slowly stops nobody else.
const slow = exchange({ ':path': '/large' }, undefined, { slow: true });
await Promise.all(Array.from({ length: 50 }, (_, i) => plain(`/beside?${i}`)));
assert.equal((await slow).body.length, 128 * 64 * 1024);

// Streams that are given up stop nobody else.
for (let i = 0; i < 20; i++) {
  const stream = session.request({ ':path': '/large' });
  stream.on('error', () => {});
  await once(stream, 'response');
  stream.close(constants.NGHTTP2_CANCEL);
}
assert.equal((await plain('/after')).body.toString(), 'GET a.test /after');

session.close();
await once(session, 'close');
console.log('ok');
