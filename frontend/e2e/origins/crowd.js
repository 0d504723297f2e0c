import { expect } from '@playwright/test';
import { CRA, dial, IDE } from './peer.js';

/** @import {Server} from '../server.js' */
/** @import {Peer} from './peer.js' */

const HYPHENS = '-'.repeat(40);

/** What alone a client may ever get, by its dialect. @type {Record<string, (text: string) => boolean>} */
const forms = {
  json: (text) => {
    const { type, body } = JSON.parse(text);
    return type === 1 && typeof body === 'string';
  },
  text: (text) => !/^\{"(type|op|username)"|^ping$|New User Joined|User Disconnected/.test(text),
  websocket: (text) => {
    const said = JSON.parse(text);
    return Object.keys(said).toSorted().join() === 'text,username' && said.username !== '';
  },
  todo: (text) => text.startsWith('Current Todos: \n') && text.endsWith(`\n${HYPHENS}`),
  echo: (text) => text !== 'ping' && text !== 'hello',
  hello: (text) => text !== 'ping',
  teahouse: (text) => typeof JSON.parse(text).op === 'string',
};

/**
 * One client of every dialect, all in the house at once and for as long as it
 * stands: whatever the others do, each hears its own dialect and nothing else.
 * @param {Server} house
 */
export async function startCrowd({ port }) {
  const at = `ws://127.0.0.1:${port}`;
  /** @type {Record<string, Peer>} */
  const peers = {
    json: await dial(`${at}/ws`, { origin: CRA }),
    text: await dial(`${at}/ws`),
    websocket: await dial(`${at}/websocket`, { origin: `http://127.0.0.1:${port}` }),
    todo: await dial(`${at}/todo`),
    echo: await dial(`${at}/echo`, { origin: IDE }),
    hello: await dial(`${at}/echo?mode=hello`, { origin: IDE }),
    teahouse: await dial(`${at}/ws?name=Watcher`, { protocol: 'teahouse.v1' }),
  };
  peers.teahouse.send(JSON.stringify({ op: 'join', id: 'watch', room: 'general' }));

  return {
    peers,

    /** Nobody was thrown out, and nobody heard a foreign tongue. */
    check() {
      for (const [dialect, peer] of Object.entries(peers)) {
        expect(peer.end, `${dialect} is still here`).toBeNull();
        const came = peer.frames.splice(0);
        const wrong = came.filter(({ text }) => !forms[dialect](text));
        expect(wrong, `all frames of ${dialect} are in its dialect`).toEqual([]);
      }
    },

    leave: () => Promise.all(Object.values(peers).map((peer) => peer.leave())),
  };
}

/** @typedef {Awaited<ReturnType<typeof startCrowd>>} Crowd */
