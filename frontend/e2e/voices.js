/** @import {BrowserContext} from '@playwright/test' */

/**
 * Somebody heard in the rooms whose screen nobody needs: no client, only a
 * socket that speaks the protocol.
 * @param {BrowserContext} context
 * @param {string} name
 */
export async function voice(context, name) {
  const answer = await context.request.post('/api/session', { data: { name } });
  if (!answer.ok()) throw new Error(`${name}: HTTP ${answer.status()}`);
  const page = await context.newPage();
  await page.goto('/healthz');
  const socket = await page.evaluateHandle(async () => {
    const address = Object.assign(new URL('/ws', location.href), { protocol: 'ws:' });
    const socket = new WebSocket(address, 'teahouse.v1');
    await new Promise((resolve, reject) => {
      socket.addEventListener('message', resolve, { once: true });
      socket.addEventListener('error', reject, { once: true });
    });
    /** @param {Record<string, unknown>} frame @returns {Promise<any>} */
    const command = (frame) =>
      new Promise((resolve, reject) => {
        const id = crypto.randomUUID();
        /** @param {MessageEvent} event */
        const listen = ({ data }) => {
          const heard = JSON.parse(data);
          if (heard.id !== id) return;
          socket.removeEventListener('message', listen);
          if (heard.op === 'ok') resolve(heard);
          else reject(new Error(data));
        };
        socket.addEventListener('message', listen);
        socket.send(JSON.stringify({ ...frame, id }));
      });
    return { command };
  });
  /** @param {Record<string, unknown>} frame @returns {Promise<any>} its `ok` */
  const command = (frame) => socket.evaluate(({ command }, frame) => command(frame), frame);
  const headers = { 'Content-Type': 'application/json' };

  return {
    name,
    context,
    /** @param {string} room @param {string} body @returns {Promise<string>} the message's id */
    say: async (room, body) => (await command({ op: 'send', room, body })).message,

    /** @param {string} room */
    listen: (room) => command({ op: 'join', room }),

    /** @param {string} room */
    typing: (room) => command({ op: 'typing', room }),

    /** @param {string} room @param {string} message @param {string} body */
    edit: (room, message, body) => command({ op: 'edit', room, message, body }),

    /** @param {string} room @param {string} message */
    remove: (room, message) => command({ op: 'delete', room, message }),

    /** @param {string} room @param {string} message @param {string[]} emoji */
    async react(room, message, ...emoji) {
      for (const one of emoji) await command({ op: 'react', room, message, emoji: one, on: true });
    },

    /** @param {string} room @param {string[]} items */
    async todo(room, ...items) {
      for (const body of items) await command({ op: 'todo', room, body, on: true });
    },

    /** @param {string} room @param {string} body */
    done: (room, body) => command({ op: 'todo', room, body, on: false }),

    /** @param {string} room @param {object[]} rows @returns {Promise<string>} the card's id */
    card: async (room, rows) =>
      (await command({ op: 'card', room, body: JSON.stringify(rows) })).message,

    /** @param {string} room */
    async enter(room) {
      const entered = await context.request.put(`/api/rooms/${room}/members/me`, { headers });
      if (!entered.ok()) throw new Error(`${name} into ${room}: HTTP ${entered.status()}`);
    },

    /** @param {{id?: string, name: string, topic?: string}} wish */
    async found(wish) {
      const founded = await context.request.post('/api/rooms', { data: wish });
      if (!founded.ok()) throw new Error(`${wish.name}: HTTP ${founded.status()}`);
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof voice>>} Voice */

/**
 * Writes as a page of a tutorial does: a name with each message, and no account.
 * @param {BrowserContext} context of nobody in particular
 * @param {{username: string, text: string}[]} messages
 */
export async function asTutorial(context, messages) {
  const page = await context.newPage();
  await page.goto('/healthz');
  await page.evaluate(async (messages) => {
    const address = Object.assign(new URL('/websocket', location.href), { protocol: 'ws:' });
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', reject, { once: true });
    });
    for (const message of messages) {
      const echoed = new Promise((resolve) => {
        socket.addEventListener('message', ({ data }) => {
          if (JSON.parse(data).text === message.text) resolve(undefined);
        });
      });
      socket.send(JSON.stringify(message));
      await echoed;
    }
    socket.close(1000);
  }, messages);
  await page.close();
}
