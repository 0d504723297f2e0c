/** @import {BrowserContext, Page, WebSocketRoute} from '@playwright/test' */

const SOCKET = /\/ws$/;

/** @param {string | Buffer} message */
const parse = (message) => JSON.parse(String(message));

/**
 * Watches what `page` sends, and loses the answers to its first `times` sends:
 * the server has written the message, the page never hears of it, and the
 * connection breaks.
 * @param {Page} page before it has loaded
 * @param {{times: number, meanwhile?: () => unknown}} options
 */
export async function loseAnswers(page, { times, meanwhile }) {
  /** @type {{ids: string[], lost: number, answered: number}} */
  const seen = { ids: [], lost: 0, answered: 0 };
  await page.routeWebSocket(SOCKET, (socket) => {
    const server = socket.connectToServer();
    let broken = false;
    socket.onMessage((message) => {
      const frame = parse(message);
      if (frame.op === 'send') seen.ids.push(frame.id);
      server.send(message);
    });
    server.onMessage(async (message) => {
      if (broken) return;
      const frame = parse(message);
      const answers = frame.op === 'ok' && seen.ids.includes(frame.id);
      if (answers && seen.lost < times) {
        broken = true;
        seen.lost += 1;
        await meanwhile?.();
        await Promise.all([socket.close({ code: 1001 }), server.close()]);
        return;
      }
      if (answers) seen.answered += 1;
      socket.send(message);
    });
  });
  return seen;
}

/**
 * Lets no socket of `context` open until the returned function is called; pages
 * and their requests are served as ever.
 * @param {BrowserContext} context
 */
export async function refuseSockets(context) {
  let open = false;
  await context.routeWebSocket(SOCKET, (socket) => {
    if (open) socket.connectToServer();
    else void socket.close({ code: 1001 });
  });
  return () => {
    open = true;
  };
}

/**
 * A program that sits in the room: says many things at once over one connection
 * and hears every one answered.
 * @param {Page} page any page of the server, signed in
 * @param {string} room
 * @param {string[]} bodies
 */
export async function sayAll(page, room, bodies) {
  await page.evaluate(
    ([room, bodies]) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(
          Object.assign(new URL('/ws', location.href), { protocol: 'ws:' }),
          'teahouse.v1',
        );
        let answered = 0;
        socket.addEventListener('error', reject);
        socket.addEventListener('message', ({ data }) => {
          const frame = JSON.parse(data);
          if (frame.op === 'hello') {
            bodies.forEach((body, at) =>
              socket.send(
                JSON.stringify({ op: 'send', id: `said-${Date.now()}-${at}`, room, body }),
              ),
            );
          } else if (frame.op === 'error') {
            reject(new Error(data));
          } else if (frame.op === 'ok') {
            answered += 1;
            if (answered === bodies.length) {
              socket.close();
              resolve(undefined);
            }
          }
        });
      }),
    /** @type {[string, string[]]} */ ([room, bodies]),
  );
}
