// An upstream server: node's http2 module over TLS, which speaks HTTP/1.1 to who does not ask for more, and WebSockets by ws.
// usage: server.js CERTIFICATE KEY; prints its port.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { WebSocketServer } from 'ws';

const [, , certificate, key] = process.argv;
const block = Buffer.alloc(64 * 1024, 'b');

const server = createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key), allowHTTP1: true }, (request, response) => {
  switch (request.url.split('?')[0]) {
    case '/echo':
      // Back as it comes, with its digest behind it.
      response.writeHead(200, { trailer: 'x-digest' });
      {
        const hash = createHash('sha256');
        request.on('data', (data) => {
          hash.update(data);
          if (!response.write(data)) {
            request.pause();
            response.once('drain', () => request.resume());
          }
        });
        request.on('end', () => {
          response.addTrailers({ 'x-digest': hash.digest('hex') });
          response.end();
        });
      }

      break;
    case '/large': {
      let left = 128;
      const more = () => {
        while (left > 0 && !response.destroyed) {
          left--;
          if (!response.write(block)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
      break;
    }
    default:
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(`${request.method} ${request.headers.host} ${request.url}`);
      break;
  }
});

const sockets = new WebSocketServer({ server, path: '/ws', perMessageDeflate: true });
sockets.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
