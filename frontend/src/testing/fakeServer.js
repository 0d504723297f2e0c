import message from '../../../protocol/fixtures/server/event.message.json';
import about from '../../../protocol/fixtures/http/About.json';
import joined from '../../../protocol/fixtures/server/ok.join.json';
import { Connection } from './fakeConnection.js';

/** @typedef {{id: string, name: string, role: string}} User */

/**
 * A server in memory that speaks the real protocol, its frames made from the
 * project's fixtures. It keeps every promise that the client builds on: gapless
 * seq, ok before the event, one effect per command id. What goes wrong in a
 * test is switched on by hand.
 */
export class FakeServer {
  /** @type {Map<string, {id: string, name: string, topic: string, members: Set<string>, log: any[]}>} */
  rooms = new Map();
  /** @type {Set<Connection>} */
  connections = new Set();
  /** @type {Map<string, {content: string, answer: object}>} */
  answers = new Map();
  /** @type {any[]} every command that arrived */
  commands = [];
  /** @type {string[]} every HTTP request that arrived */
  requests = [];
  /** @type {Record<string, any>[]} errors to answer the next sends with */
  refusals = [];
  /** @type {User | null} whom the cookie names */
  user = null;
  /** @type {Set<string>} */
  names = new Set();
  /** @type {Map<string, number>} how far rooms were read, where not to their end */
  reads = new Map();
  epoch = joined.epoch;
  /** Whether it can be reached at all. */
  up = true;
  /** Whether it says anything; a silent one has its connections hang. */
  silent = false;

  constructor() {
    this.addRoom('general', 'General');
  }

  /** The class to give to a client in place of the browser's. @returns {any} */
  get WebSocket() {
    const server = this;
    return class extends Connection {
      /** @param {string} url @param {string} protocol */
      constructor(url, protocol) {
        super(server, url, protocol);
      }
    };
  }

  /** @param {string} id @param {string} name @param {string} [topic] */
  addRoom(id, name, topic = '') {
    this.rooms.set(id, { id, name, topic, members: new Set(), log: [] });
  }

  /** Signs somebody in, as their cookie would. @param {string} name @returns {User} */
  signIn(name) {
    this.names.add(name);
    this.user = { id: `u_${name}`, name, role: 'guest' };
    return this.user;
  }

  /** Writes a message into a room's log and tells who listens. @param {string} room @param {string} name @param {string} body */
  say(room, name, body) {
    return this.append(room, { id: `u_${name}`, name }, { kind: 'message', body });
  }

  /** @param {string} room @param {{id: string, name: string}} user @param {object} content */
  append(room, { id, name }, content) {
    const log = this.room(room).log;
    const seq = log.length + 1;
    const { ref: _, body: __, ...template } = message;
    const event = {
      ...template,
      room,
      seq,
      id: `m_${room}_${seq}`,
      user: { id, name },
      ...content,
    };
    log.push(event);
    for (const connection of this.connections) {
      if (connection.joined.has(room)) connection.tell(event);
    }
    return event;
  }

  /**
   * Events as an answer or a page shows them: messages as they stand by now.
   * @param {string} room
   * @param {any[]} events
   * @returns {any[]}
   */
  standing(room, events) {
    const { log } = this.room(room);
    /** @param {any} message */
    const stand = ({ ...message }) => {
      const about = log.filter((event) => event.message === message.id);
      if (about.some(({ kind }) => kind === 'delete')) {
        const { body: _, ...rest } = message;
        return { ...rest, deleted: true };
      }
      const edit = about.findLast(({ kind }) => kind === 'edit');
      if (edit) Object.assign(message, { body: edit.body, edited: edit.seq });
      const reactions = new Map();
      for (const { kind, emoji, on, user } of about) {
        if (kind !== 'react') continue;
        const people = reactions.get(emoji) ?? new Map();
        if (!on) people.delete(user.id);
        else if (!people.has(user.id)) people.set(user.id, user);
        if (people.size > 0) reactions.set(emoji, people);
        else reactions.delete(emoji);
      }
      if (reactions.size === 0) return message;
      const all = [...reactions].map(([emoji, people]) => [emoji, [...people.values()]]);
      return { ...message, reactions: Object.fromEntries(all) };
    };
    /** @param {any} edit */
    const edited = ({ ...edit }) => {
      const gone = log.some(({ kind, message }) => kind === 'delete' && message === edit.message);
      if (gone) delete edit.body;
      return edit;
    };
    return events.map((event) => {
      if (event.kind === 'edit') return edited(event);
      return event.kind === 'message' || event.kind === 'card' ? stand(event) : event;
    });
  }

  /** What is open on a room's list, oldest first. @param {string} id @returns {{items: any[]} & Record<string, any>} */
  todos(id) {
    const { log } = this.room(id);
    const open = new Set();
    const added = log.filter(({ kind, message, on }) => kind === 'todo' && on && !message);
    for (const { kind, id: own, message, body, on } of log) {
      if (kind !== 'todo') continue;
      if (on) open.add(message ?? own);
      else if (message) open.delete(message);
      else for (const item of added) if (item.body === body) open.delete(item.id);
    }
    const items = added
      .filter((item) => open.has(item.id))
      .map(({ id, body, user, at }) => ({ id, body, user, at }));
    return { room: id, seq: log.length, epoch: this.epoch, items };
  }

  /** @param {string} id */
  room(id) {
    const room = this.rooms.get(id);
    if (!room) throw new Error(`no room ${id}`);
    return room;
  }

  /** Ends every connection, as a crash (1006) or with a reason. @param {number} [code] @param {string} [reason] */
  drop(code = 1006, reason = '') {
    for (const connection of this.connections) connection.end(code, reason);
  }

  /** @param {string} name @returns {any[]} commands of one op */
  received(name) {
    return this.commands.filter(({ op }) => op === name);
  }

  /** HTTP beside the socket. @param {string} url @param {RequestInit} [init] @returns {Promise<Response>} */
  fetch = async (url, init = {}) => {
    if (!this.up) throw new TypeError('fetch failed');
    this.requests.push(url);
    const { status, body } = this.answer(init.method ?? 'GET', url, init.body);
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  };

  /** @param {string} method @param {string} url @param {any} text @returns {{status: number, body?: object}} */
  answer(method, url, text) {
    const [path, query] = url.split('?');
    const [, , what, id, part] = path.split('/');
    const given = text ? JSON.parse(text) : {};
    const refuse = (/** @type {number} */ status, /** @type {string} */ code) => ({
      status,
      body: { error: { code, detail: code } },
    });
    if (what === 'session') {
      if (method === 'DELETE') {
        this.user = null;
        this.drop(1008, 'signed out');
        return { status: 204 };
      }
      if (method === 'PATCH') {
        if (!this.user) return refuse(401, 'unauthenticated');
        if (given.name !== this.user.name && this.names.has(given.name))
          return refuse(409, 'conflict');
        this.names.delete(this.user.name);
        this.names.add(given.name);
        this.user = { ...this.user, name: given.name };
        return { status: 200, body: { user: this.user } };
      }
      if (method === 'POST') {
        if (this.names.has(given.name)) return refuse(409, 'conflict');
        return { status: 201, body: { user: this.signIn(given.name) } };
      }
      if (this.user) return { status: 200, body: { user: this.user } };
      return query === 'quiet' ? { status: 204 } : refuse(401, 'unauthenticated');
    }
    if (path === '/readyz') return { status: 200, body: { status: 'ready' } };
    if (what === 'about') return { status: 200, body: about };
    if (!id && method === 'POST') {
      const slug = given.name.toLowerCase().replace(/\W+/g, '-');
      if (this.rooms.has(slug)) return refuse(409, 'conflict');
      this.addRoom(slug, given.name, given.topic);
      this.room(slug).members.add(this.user?.id ?? '');
      return { status: 201, body: { room: this.describe(slug) } };
    }
    if (!id) {
      const rooms = [...this.rooms.keys()].map((room) => this.describe(room));
      return { status: 200, body: { rooms, more: false } };
    }
    if (!this.rooms.has(id)) return refuse(404, 'not_found');
    if (part === 'events') return { status: 200, body: this.page(id, new URLSearchParams(query)) };
    if (part === 'todos') return { status: 200, body: this.todos(id) };
    if (part === 'members') {
      const { members } = this.room(id);
      if (method === 'PUT') members.add(this.user?.id ?? '');
      else members.delete(this.user?.id ?? '');
      return method === 'PUT'
        ? { status: 200, body: { room: this.describe(id) } }
        : { status: 204 };
    }
    if (method === 'PATCH') {
      const room = Object.assign(this.room(id), given);
      const { name, topic } = room;
      this.append(id, this.user ?? { id: 'u_nobody', name: 'Guest' }, {
        kind: 'room',
        name,
        topic,
      });
    }
    return { status: 200, body: { room: this.describe(id) } };
  }

  /** @param {string} id */
  describe(id) {
    const { name, topic, log, members } = this.room(id);
    const member = id === 'general' || members.has(this.user?.id ?? '');
    return { id, name, topic, seq: log.length, member, members: members.size };
  }

  /** @param {string} id @param {URLSearchParams} query */
  page(id, query) {
    const before = Number(query.get('before') ?? Infinity);
    const limit = Number(query.get('limit'));
    const { log } = this.room(id);
    const older = log.filter(({ seq }) => seq < before);
    const events = this.standing(id, older.slice(-limit));
    return { events, more: older.length > events.length, seq: log.length, epoch: this.epoch };
  }
}
