// WebSockets of the package ws on streams of node's http2 (RFC 8441). usage: http2-websocket-client.js PORT AUTHORITY; prints ok, or says what was wrong and fails.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import WebSocket from 'ws';

const [, , port, authority] = process.argv;
const ca = readFileSync(authority);
const sizes = [0, 1, 125, 126, 4096, 65536, 200_000];
const session = connect('https://a.test', {
  createConnection: () => connectTls({ host: '127.0.0.1', port, servername: 'a.test', ca, ALPNProtocols: ['h2'] }),
});
const [settings] = await once(session, 'remoteSettings');
assert.equal(settings.enableConnectProtocol, true);

async function open(path) {
  const stream = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': path, ':authority': 'a.test', 'sec-websocket-version': '13' });
  const [head] = await once(stream, 'response');
  return { stream, head };
}

async function talk(n) {
  const { stream, head } = await open('/ws');
  assert.equal(head[':status'], 200);
  assert.equal(head['sec-websocket-accept'], undefined);

  // ws has no handshake of its own for streams; it takes one that is open, as a server's unless told.
  const socket = new WebSocket(null, undefined, { autoPong: true });
  socket._isServer = false;
  socket.setSocket(stream, Buffer.alloc(0), { allowSynchronousEvents: true, maxPayload: 0, skipUTF8Validation: false });
  for (const size of sizes) {
    const bytes = randomBytes(size);
    socket.send(bytes);
    const [data, isBinary] = await once(socket, 'message');
    assert.ok(isBinary && data.equals(bytes), `${size} bytes came back as ${data.length}`);
  }

  socket.send(`text ${n}`);
  const [text] = await once(socket, 'message');
  assert.equal(text.toString(), `text ${n}`);
  socket.ping('are you there');
  const [pong] = await once(socket, 'pong');
  assert.equal(pong.toString(), 'are you there');
  socket.close(4001, 'enough');
  const [code, reason] = await once(socket, 'close');
  assert.equal(code, 4001);
  assert.equal(reason.toString(), 'enough');
}

await Promise.all(Array.from({ length: 40 }, (_, n) => talk(n)));

// A path where the server has no WebSockets, and a protocol nobody speaks here.
const refused = await open('/none');
assert.equal(refused.head[':status'], 400);
refused.stream.close();
const other = session.request({ ':method': 'CONNECT', ':protocol': 'telnet', ':path': '/', ':authority': 'a.test' });
const [answer] = await once(other, 'response');
assert.equal(answer[':status'], 501);
other.close();

session.close();
console.log('ok');
process.exit(0);
