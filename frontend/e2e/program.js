/** @import {JSHandle, Page} from '@playwright/test' */

/**
 * @typedef {{ask: (frames: Record<string, unknown>[]) => Promise<Record<string, any>[]>}} Line
 */

/**
 * A program of somebody who is signed in: does many things at once over one
 * connection, and hears every one answered.
 */
export class Program {
  /** @param {JSHandle<Line>} line */
  constructor(line) {
    this.line = line;
  }

  /** @param {Page} page any page of the server, signed in */
  static async enter(page) {
    const line = await page.evaluateHandle(
      () =>
        /** @type {Promise<Line>} */ (
          new Promise((resolve, reject) => {
            const url = Object.assign(new URL('/ws', location.href), { protocol: 'ws:' });
            const socket = new WebSocket(url, 'teahouse.v1');
            /** @type {Map<string, (frame: any) => void>} */
            const waiting = new Map();
            let last = 0;
            /** @type {Line} */
            const line = {
              ask: (frames) =>
                Promise.all(
                  frames.map(
                    (frame) =>
                      new Promise((resolve, reject) => {
                        last += 1;
                        const id = `program-${Date.now()}-${last}`;
                        waiting.set(id, (answer) =>
                          answer.op === 'ok'
                            ? resolve(answer)
                            : reject(new Error(JSON.stringify(answer))),
                        );
                        socket.send(JSON.stringify({ id, ...frame }));
                      }),
                  ),
                ),
            };
            socket.addEventListener('error', reject);
            socket.addEventListener('message', ({ data }) => {
              const frame = JSON.parse(data);
              if (frame.op === 'hello') resolve(line);
              waiting.get(frame.id)?.(frame);
            });
          })
        ),
    );
    return new Program(line);
  }

  /** @param {Record<string, unknown>[]} frames */
  ask(frames) {
    return this.line.evaluate((line, frames) => line.ask(frames), frames);
  }

  /** @param {string} room @param {string[]} bodies @returns {Promise<string[]>} the ids of the messages */
  async say(room, bodies) {
    const answers = await this.ask(bodies.map((body) => ({ op: 'send', room, body })));
    return answers.map(({ message }) => message);
  }

  /** @param {string} room @param {string} message @param {string} body */
  edit(room, message, body) {
    return this.ask([{ op: 'edit', room, message, body }]);
  }

  /** @param {string} room @param {string} message */
  remove(room, message) {
    return this.ask([{ op: 'delete', room, message }]);
  }

  /** @param {string} room @param {string} message @param {string} emoji */
  react(room, message, emoji, on = true) {
    return this.ask([{ op: 'react', room, message, emoji, on }]);
  }
}
