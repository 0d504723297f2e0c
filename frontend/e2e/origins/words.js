/** @import {Peer} from './peer.js' */

export const JOINED = 'New User Joined...';
export const LEFT = 'User Disconnected...';

let made = 0;

/** Something that nobody has said before. @param {string} [what] */
export function fresh(what = 'line') {
  made += 1;
  return `${what} ${process.pid}.${made}.${Date.now().toString(36)}`;
}

/** What the json clients are told, but for those who come and go. @param {Peer} peer */
export const said = (peer) => bodies(peer).filter((body) => body !== JOINED && body !== LEFT);

/** @param {Peer} peer @returns {string[]} */
export const bodies = (peer) => peer.texts.map((text) => JSON.parse(text).body);

/** Until a json client was told it. @param {Peer} peer @param {string} body */
export const hears = (peer, body) =>
  peer.until(() => bodies(peer).includes(body), JSON.stringify(body));

/** Until a text client got that line. @param {Peer} peer @param {string} line */
export const reads = (peer, line) =>
  peer.until(() => lines(peer).includes(line), JSON.stringify(line));

/** What a text client got: several lines may share a frame. @param {Peer} peer */
export const lines = (peer) => peer.texts.flatMap((text) => text.split('\n'));

/** What the clients of /websocket got. @param {Peer} peer @returns {{username: string, text: string}[]} */
export const talk = (peer) => peer.texts.map((text) => JSON.parse(text));

/** Until one of /websocket got that text. @param {Peer} peer @param {string} text */
export const sees = (peer, text) =>
  peer.until(() => talk(peer).some((said) => said.text === text), JSON.stringify(text));

const RULE = '-'.repeat(40);

/** The to-do tutorial's answer. @param {string[]} items */
export const todos = (items) =>
  `Current Todos: \n${items.map((item) => `\n - ${item}\n`).join('')}\n${RULE}`;

/** The items of such an answer. @param {string} answer @returns {string[]} */
export function items(answer) {
  const found = answer.split('\n').filter((line) => line.startsWith(' - '));
  return found.map((line) => line.slice(3));
}

/** Takes everything off the list. @param {Peer} peer at /todo, without an Origin */
export async function clear(peer) {
  for (const item of items(await peer.ask('list'))) await peer.ask(`done ${item}`);
}

/** The sample table of the course. */
export const PODS = [
  { PodName: 'pod-101', PodImage: 'nginx:1.18', PodNode: 'node1' },
  { PodName: 'pod-76xs', PodImage: 'alpine:3.12', PodNode: 'node2' },
  { PodName: 'pod-F#ff3', PodImage: 'tomcat:8', PodNode: 'node3' },
];
