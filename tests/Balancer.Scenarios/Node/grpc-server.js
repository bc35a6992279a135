// A gRPC server of @grpc/grpc-js whose messages are plain bytes. usage: grpc-server.js PORT NAME [CERTIFICATE KEY]; prints its port.
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';

const [, , port, name, certificate, key] = process.argv;
const bytes = { serialize: (value) => value, deserialize: (value) => value };
const method = (path, requestStream, responseStream) => ({
  path: `/test.Echo/${path}`,
  requestStream,
  responseStream,
  requestSerialize: bytes.serialize,
  requestDeserialize: bytes.deserialize,
  responseSerialize: bytes.serialize,
  responseDeserialize: bytes.deserialize,
});
const service = {
  Unary: method('Unary', false, false),
  Fail: method('Fail', false, false),
  Slow: method('Slow', false, false),
  Name: method('Name', false, false),
  Many: method('Many', false, true),
  Sum: method('Sum', true, false),
  Talk: method('Talk', true, true),
};

function trailers(call) {
  const metadata = new grpc.Metadata();
  metadata.set('x-end', call.metadata.get('x-mark')[0] ?? 'none');
  metadata.set('x-end-bin', Buffer.from([0, 255, 13, 10]));
  return metadata;
}

const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
server.addService(service, {
  Unary(call, answer) {
    const head = new grpc.Metadata();
    head.set('x-begin', call.metadata.get('x-mark')[0] ?? 'none');
    call.sendMetadata(head);
    answer(null, call.request, trailers(call));
  },
  Fail(call, answer) {
    answer({ code: grpc.status.FAILED_PRECONDITION, details: 'not now: ünï', metadata: trailers(call) });
  },
  Slow(call, answer) {
    const timer = setTimeout(() => answer(null, call.request), 20_000);
    call.on('cancelled', () => {
      clearTimeout(timer);
      console.log('cancelled');
    });
  },
  Name(call, answer) {
    answer(null, Buffer.from(name));
  },
  Many(call) {
    for (let i = 0; i < 100; i++) {
      call.write(Buffer.from(`${call.request} ${i}`));
    }
    call.end(trailers(call));
  },
  Sum(call, answer) {
    let sum = 0;
    call.on('data', (data) => (sum += data.length));
    call.on('end', () => answer(null, Buffer.from(String(sum)), trailers(call)));
  },
  Talk(call) {
    call.on('data', (data) => call.write(Buffer.from(data.toString().toUpperCase())));
    call.on('end', () => call.end(trailers(call)));
    call.on('error', () => {});
  },
});

const credentials = certificate
  ? grpc.ServerCredentials.createSsl(null, [{ cert_chain: readFileSync(certificate), private_key: readFileSync(key) }])
  : grpc.ServerCredentials.createInsecure();
server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => {
  if (error) {
    throw error;
  }
  console.log(bound);
});
