// Pushes: without an argument it prints what is pushed, with one it pushes that.
// Run: node --experimental-websocket examples/push.mjs [TEXT]
// (from Node 22 on without the flag; TEAHOUSE=http://127.0.0.1:8080 is the server,
// ADMIN_TOKEN what that server was started with, if it was)
const server = process.env.TEAHOUSE ?? 'http://127.0.0.1:8080';
const token = process.env.ADMIN_TOKEN;
const text = process.argv.slice(2).join(' ');

if (text) {
  const answer = await fetch(new URL('/sendall', server), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ msg: text }),
  });
  console.log(await answer.text());
  if (!answer.ok) process.exitCode = 1;
} else {
  const socket = new WebSocket(new URL('/echo', server.replace(/^http/, 'ws')));
  socket.addEventListener('open', () => console.log('listening'));
  socket.addEventListener('message', ({ data }) => console.log(data));
  socket.addEventListener('close', () => (process.exitCode = 1));
}
