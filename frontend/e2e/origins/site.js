import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { extname, join } from 'node:path';

/** @import {Duplex} from 'node:stream' */

const pages = join(import.meta.dirname, 'pages');

/** @type {Record<string, string>} */
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' };

/**
 * Where a tutorial's page lies: a web server of its own on a port of its own.
 * With `behind` it is one host and port with that server's sockets, as where the
 * tutorial's program served page and sockets itself.
 * @param {{host?: string, folder?: string, behind?: number}} [options]
 */
export async function startSite({ host = 'localhost', folder = pages, behind } = {}) {
  /** @type {Set<Duplex>} */
  const sockets = new Set();
  const site = createServer(async (asked, answer) => {
    const name = new URL(asked.url ?? '/', 'http://site').pathname.slice(1);
    try {
      const content = await readFile(join(folder, name));
      answer.writeHead(200, { 'content-type': types[extname(name)] ?? 'text/plain' }).end(content);
    } catch {
      answer.writeHead(404).end();
    }
  });
  site.on('upgrade', (asked, socket, head) => {
    if (behind === undefined) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    // Everything as it came, Host and Origin too.
    const lines = asked.rawHeaders.map((part, at) => part + (at % 2 ? '\r\n' : ': '));
    const onward = connect(behind, '127.0.0.1', () => {
      onward.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.on('close', () => sockets.delete(socket) && onward.destroy());
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (site.address());

  /** Breaks every socket that goes through it. */
  function cut() {
    for (const socket of sockets) socket.destroy();
  }

  return {
    origin: `http://${host}:${port}`,
    cut,
    async stop() {
      const closed = once(site, 'close');
      site.close();
      site.closeAllConnections();
      cut();
      await closed;
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startSite>>} Site */
