// A folder of pages and the server's sockets on one host and port: for pages that
// call the host they came from, as those of several tutorials do.
// Run: node examples/serve.mjs FOLDER [PORT] (4444; TEAHOUSE=http://127.0.0.1:8080 is the server)
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { extname, join } from 'node:path';

const [folder = '.', port = '4444'] = process.argv.slice(2);
const teahouse = new URL(process.env.TEAHOUSE ?? 'http://127.0.0.1:8080');
const types = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
};

const site = createServer((asked, answer) => {
  // From the root down, so that no path leads out of the folder.
  const path = join('/', asked.url.replace(/[?#].*/, ''));
  const name = path.endsWith('/') ? `${path}index.html` : path;
  const file = createReadStream(join(folder, name));
  file.on('open', () => {
    answer.setHeader('content-type', types[extname(name)] ?? 'application/octet-stream');
    file.pipe(answer);
  });
  file.on('error', () => answer.writeHead(404).end('There is no such file.\n'));
});

// Sockets go on to Teahouse as they came, Host and Origin too.
site.on('upgrade', (asked, socket, head) => {
  const onward = connect(Number(teahouse.port || 80), teahouse.hostname, () => {
    const lines = asked.rawHeaders.map((part, at) => part + (at % 2 ? '\r\n' : ': '));
    onward.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  onward.on('error', () => socket.destroy());
  socket.on('error', () => onward.destroy());
});

site.listen(Number(port), '127.0.0.1', () => {
  console.log(`http://localhost:${site.address().port}`);
});
