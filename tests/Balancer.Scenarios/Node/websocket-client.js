// The package ws as the client of a gateway. usage: websocket-client.js PORT AUTHORITY; prints ok, or says what was wrong and fails.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import WebSocket from 'ws';

const [, , port, authority] = process.argv;
const ca = readFileSync(authority);
const sizes = [0, 1, 125, 126, 127, 4096, 65535, 65536, 200_000];

async function talk(n) {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, { ca, servername: 'a.test', headers: { host: 'a.test' }, perMessageDeflate: n % 2 === 0 });
  await once(socket, 'open');
  assert.equal(socket.extensions !== '', n % 2 === 0);
  for (const size of sizes) {
    const bytes = randomBytes(size);
    socket.send(bytes);
    const [data, isBinary] = await once(socket, 'message');
    assert.ok(isBinary && data.equals(bytes), `${size} bytes came back as ${data.length}`);
  }

  socket.send(`text ${n}: ünï`);
  const [text, isBinary] = await once(socket, 'message');
  assert.equal(isBinary, false);
  assert.equal(text.toString(), `text ${n}: ünï`);

  socket.ping('are you there');
  const [pong] = await once(socket, 'pong');
  assert.equal(pong.toString(), 'are you there');

  socket.close(4001, 'enough');
  const [code, reason] = await once(socket, 'close');
  assert.equal(code, 4001);
  assert.equal(reason.toString(), 'enough');
}

await Promise.all(Array.from({ length: 40 }, (_, n) => talk(n)));
console.log('ok');
