import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { build } from 'vite';

/** @import {IncomingMessage, ServerResponse} from 'node:http' */
/** @import {Server} from './server.js' */

const root = resolve(import.meta.dirname, '..');

/** @type {Record<string, string>} */
const types = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/**
 * The client as its next version will be: really built, and different in that it
 * says so on the page's root.
 * @param {string} mark
 */
export async function buildNext(mark) {
  const outDir = await mkdtemp(join(tmpdir(), 'teahouse-next-'));
  await build({
    root,
    configFile: join(root, 'vite.config.js'),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
    plugins: [
      {
        name: 'mark',
        transform: (code, id) =>
          id.endsWith('/src/index.jsx')
            ? `${code}\ndocument.documentElement.dataset.build = ${JSON.stringify(mark)};`
            : null,
      },
    ],
  });
  return { dir: outDir, remove: () => rm(outDir, { recursive: true, force: true }) };
}

/**
 * Stands before a server like an operator's proxy, and hands out another
 * version of the client when it is told to; all else is the server's own.
 * @param {Server} server
 */
export async function startFront(server) {
  /** @type {string | null} */
  let dir = null;
  const own = await fetch(server.origin);
  const headers = Object.fromEntries(
    [...own.headers].filter(([name]) => /^(content-security|cross-origin|permissions)/.test(name)),
  );

  /** @param {IncomingMessage} asked @param {ServerResponse} answer */
  function pass(asked, answer) {
    const onward = request(
      {
        port: server.port,
        host: '127.0.0.1',
        path: asked.url,
        method: asked.method,
        headers: asked.headers,
      },
      (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers);
        given.pipe(answer);
      },
    );
    onward.on('error', () => answer.writeHead(502).end());
    asked.pipe(onward);
  }

  /** @type {Set<import('node:stream').Duplex>} */
  const sockets = new Set();
  const front = createServer(async (asked, answer) => {
    const path = new URL(asked.url ?? '/', server.origin).pathname;
    if (dir === null || /^\/(api\/|readyz|healthz)/.test(path)) {
      pass(asked, answer);
      return;
    }
    const name = /^\/(about|tester|rooms\/[^/]+)?$/.test(path) ? 'index.html' : path.slice(1);
    try {
      const content = await readFile(join(dir, name));
      answer.writeHead(200, {
        ...headers,
        'content-type': types[extname(name)] ?? 'text/plain',
        'cache-control': name.startsWith('assets/') ? 'max-age=31536000, immutable' : 'no-cache',
      });
      answer.end(content);
    } catch {
      answer.writeHead(404).end();
    }
  });
  front.on('upgrade', (asked, socket, head) => {
    sockets.add(socket);
    const onward = connect(server.port, '127.0.0.1', () => {
      const lines = asked.rawHeaders.map((part, at) => part + (at % 2 ? '\r\n' : ': '));
      onward.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (front.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    /** From now on this version is handed out. @param {string} next */
    serve(next) {
      dir = next;
    },
    async stop() {
      const closed = once(front, 'close');
      front.close();
      front.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
