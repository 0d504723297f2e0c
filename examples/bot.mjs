// A bot that speaks teahouse.v1: it answers everybody in the lobby who says !time.
// Run: node --experimental-websocket examples/bot.mjs
// (from Node 22 on without the flag; TEAHOUSE=http://127.0.0.1:8080 is the server)
import { randomUUID } from 'node:crypto';

const server = process.env.TEAHOUSE ?? 'http://127.0.0.1:8080';
const room = 'general';
let seq; // the last event that was seen
let epoch; // of the log that it belongs to

function connect() {
  const address = new URL('/ws?name=Clock', server.replace(/^http/, 'ws'));
  const socket = new WebSocket(address, 'teahouse.v1');
  const send = (frame) => socket.send(JSON.stringify({ id: randomUUID(), room, ...frame }));
  const join = () => send({ op: 'join', after: seq, epoch });
  let me;

  function handle(event) {
    seq = event.seq;
    if (event.kind !== 'message' || event.user.id === me || event.body !== '!time') return;
    const body = `It is ${new Date().toISOString().slice(11, 16)} UTC, ${event.user.name}.`;
    send({ op: 'send', body });
  }

  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.op === 'hello') {
      me = frame.user.id;
      join();
    } else if (frame.op === 'ok' && frame.epoch) {
      // The answer to join: at the first time only what comes later is of interest.
      const missed = seq === undefined || frame.reset ? [] : frame.events;
      ({ epoch } = frame);
      if (missed.length === 0) ({ seq } = frame);
      missed.forEach(handle);
      console.log(`listening after ${seq}`);
    } else if (frame.op === 'event') {
      handle(frame);
    } else if (frame.op === 'resync') {
      join();
    } else if (frame.op === 'error') {
      console.error(`${frame.code}: ${frame.detail}`);
    }
  });
  socket.addEventListener('close', () => setTimeout(connect, 1000 + 1000 * Math.random()));
}

connect();
