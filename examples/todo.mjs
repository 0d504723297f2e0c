// The to-do list of the lobby: does what it is told, and prints the list.
// Run: node --experimental-websocket examples/todo.mjs [add buy milk | done buy milk]
// (from Node 22 on without the flag; TEAHOUSE=http://127.0.0.1:8080 is the server)
const server = process.env.TEAHOUSE ?? 'http://127.0.0.1:8080';
const socket = new WebSocket(new URL('/todo', server.replace(/^http/, 'ws')));

socket.addEventListener('open', () => socket.send(process.argv.slice(2).join(' ') || 'list'));

socket.addEventListener('message', ({ data }) => {
  console.log(data);
  socket.close();
});

socket.addEventListener('error', () => {
  console.error(`${server} does not answer at /todo`);
  process.exitCode = 1;
});
