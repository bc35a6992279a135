// A gRPC client of @grpc/grpc-js. usage: grpc-client.js PORT MODE, where MODE is
//   all          every kind of call
//   unavailable  one call, which must end with UNAVAILABLE
//   dies         a stream, whose server is killed when `ready` was printed, ends with UNAVAILABLE
//   load         calls for five seconds; none may fail
// Prints ok at the end, or says what was wrong and fails.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import grpc from '@grpc/grpc-js';

const [, , port, mode] = process.argv;
const same = (value) => value;
const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.enable_retries': 0,
});
const marked = () => {
  const metadata = new grpc.Metadata();
  metadata.set('x-mark', 'red');
  return metadata;
};

function unary(method, message, options = {}) {
  return new Promise((resolve) => {
    const result = { head: null, status: null, error: null, value: null };
    const call = client.makeUnaryRequest(`/test.Echo/${method}`, same, same, message, marked(), options, (error, value) => {
      result.error = error;
      result.value = value;
    });
    call.on('metadata', (head) => (result.head = head));
    call.on('status', (status) => {
      result.status = status;
      setImmediate(() => resolve(result));
    });
  });
}

function checkEnd(status, code = grpc.status.OK) {
  assert.equal(status.code, code, status.details);
  assert.deepEqual(status.metadata.get('x-end'), ['red']);
  assert.deepEqual(status.metadata.get('x-end-bin'), [Buffer.from([0, 255, 13, 10])]);
}

async function all() {
  for (const size of [0, 1, 1000, 65_536, 5_000_000]) {
    const message = Buffer.alloc(size, 'm');
    const { value, head, status } = await unary('Unary', message);
    checkEnd(status);
    assert.ok(value.equals(message), `${size} bytes came back as ${value?.length}`);
    assert.deepEqual(head.get('x-begin'), ['red']);
  }

  const failed = await unary('Fail', Buffer.alloc(1));
  checkEnd(failed.status, grpc.status.FAILED_PRECONDITION);
  assert.equal(failed.status.details, 'not now: ünï');

  const started = Date.now();
  const late = await unary('Slow', Buffer.alloc(1), { deadline: Date.now() + 300 });
  assert.equal(late.status.code, grpc.status.DEADLINE_EXCEEDED);
  assert.ok(Date.now() - started < 10_000);

  const many = client.makeServerStreamRequest('/test.Echo/Many', same, same, Buffer.from('n'), marked());
  const received = [];
  many.on('data', (data) => received.push(data.toString()));
  checkEnd((await once(many, 'status'))[0]);
  assert.deepEqual(received, Array.from({ length: 100 }, (_, i) => `n ${i}`));

  const sum = await new Promise((resolve, reject) => {
    let value;
    const call = client.makeClientStreamRequest('/test.Echo/Sum', same, same, marked(), (error, data) => (error ? reject(error) : (value = data)));
    call.on('status', (status) => {
      checkEnd(status);
      setImmediate(() => resolve(value));
    });
    for (let i = 0; i < 100; i++) {
      call.write(Buffer.alloc(i * 100));
    }
    call.end();
  });
  assert.equal(sum.toString(), '495000');

  const talk = client.makeBidiStreamRequest('/test.Echo/Talk', same, same, marked());
  for (const word of ['a', 'be', 'sea']) {
    talk.write(Buffer.from(word));
    assert.equal((await once(talk, 'data'))[0].toString(), word.toUpperCase());
  }
  talk.end();
  talk.resume();
  checkEnd((await once(talk, 'status'))[0]);

  const names = await Promise.all(Array.from({ length: 300 }, () => unary('Name', Buffer.alloc(1))));
  assert.ok(names.every((name) => name.status.code === grpc.status.OK));
}

async function dies() {
  const talk = client.makeBidiStreamRequest('/test.Echo/Talk', same, same, marked());
  talk.on('error', () => {});
  talk.write(Buffer.from('a'));
  await once(talk, 'data');
  talk.resume();

  // Not by once(), which fails with the error that comes before.
  const ended = new Promise((resolve) => talk.on('status', resolve));
  console.log('ready');
  assert.equal((await ended).code, grpc.status.UNAVAILABLE);
}

async function load() {
  const end = Date.now() + 5000;
  let calls = 0;
  const worker = async () => {
    while (Date.now() < end) {
      const { status } = await unary('Unary', Buffer.alloc(100));
      assert.equal(status.code, grpc.status.OK, `${calls}: ${status.details}`);
      calls++;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  assert.ok(calls > 0);
}

switch (mode) {
  case 'all':
    await all();
    break;
  case 'unavailable':
    assert.equal((await unary('Unary', Buffer.alloc(1))).status.code, grpc.status.UNAVAILABLE);
    break;
  case 'dies':
    await dies();
    break;
  default:
    await load();
    break;
}

console.log('ok');
client.close();
process.exit(0);
