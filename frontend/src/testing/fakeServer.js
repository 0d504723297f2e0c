import hello from '../../../protocol/fixtures/server/hello.json';
import message from '../../../protocol/fixtures/server/event.message.json';
import joined from '../../../protocol/fixtures/server/ok.join.json';

/** @typedef {{id: string, name: string, role: string}} User */

/** How many missed events one answer to `join` holds. */
const DELTA = 1_000;

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
  /** @type {Record<string, any>[]} errors to answer the next sends with */
  refusals = [];
  /** @type {User | null} whom the cookie names */
  user = null;
  /** @type {Set<string>} */
  names = new Set();
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
      if (method === 'POST') {
        if (this.names.has(given.name)) return refuse(409, 'conflict');
        return { status: 201, body: { user: this.signIn(given.name) } };
      }
      return this.user
        ? { status: 200, body: { user: this.user } }
        : refuse(401, 'unauthenticated');
    }
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
    if (part === 'members') {
      const { members } = this.room(id);
      if (method === 'PUT') members.add(this.user?.id ?? '');
      else members.delete(this.user?.id ?? '');
      return method === 'PUT'
        ? { status: 200, body: { room: this.describe(id) } }
        : { status: 204 };
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
    const before = Number(query.get('before'));
    const limit = Number(query.get('limit'));
    const { log } = this.room(id);
    const older = log.filter(({ seq }) => seq < before);
    const events = older.slice(-limit);
    return { events, more: older.length > events.length, seq: log.length, epoch: this.epoch };
  }
}

/** One socket, seen from both sides. */
class Connection {
  /** @type {Set<string>} */
  joined = new Set();
  readyState = 0;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {((event: any) => void) | null} */
  onclose = null;

  /** @param {FakeServer} server @param {string} url @param {string} protocol */
  constructor(server, url, protocol) {
    this.server = server;
    this.url = url;
    this.protocol = protocol;
    queueMicrotask(() => this.open());
  }

  open() {
    const { server } = this;
    if (this.readyState !== 0) return;
    if (!server.up) {
      this.end(1006, '');
      return;
    }
    this.readyState = 1;
    server.connections.add(this);
    const user = server.user ?? { id: 'u_nobody', name: 'Guest', role: 'guest' };
    const rooms = [...server.rooms.values()]
      .filter(({ id, members }) => id === 'general' || members.has(user.id))
      .map(({ id, name, log }) => ({ id, name, seq: log.length, read: log.length, unread: 0 }));
    this.tell({ ...hello, user, rooms });
  }

  /** To the client. @param {object} frame */
  tell(frame) {
    if (!this.server.silent) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** From the client. @param {string} text */
  send(text) {
    if (this.server.silent) return;
    const command = JSON.parse(text);
    this.server.commands.push(command);
    queueMicrotask(() => this.readyState === 1 && this.handle(command));
  }

  /** @param {any} command */
  handle(command) {
    const { op, id, room } = command;
    if (room && !this.server.rooms.has(room)) {
      this.tell({ op: 'error', id, code: 'not_found', detail: 'no such room' });
    } else if (op === 'join') {
      this.join(command);
    } else if (op === 'send') {
      this.write(command);
    } else {
      if (op === 'leave') this.joined.delete(room);
      this.tell({ op: 'ok', id, ...(room && { room }) });
    }
  }

  /** @param {any} command */
  join({ id, room, after, epoch, limit = 50 }) {
    const { log } = this.server.room(room);
    const stale = epoch !== undefined && epoch !== this.server.epoch;
    const far = after !== undefined && log.length - after > DELTA;
    const reset = after !== undefined && (stale || far || after > log.length);
    const events = after === undefined || reset ? log.slice(-limit) : log.slice(after);
    this.joined.add(room);
    this.tell({
      ...joined,
      id,
      room,
      seq: log.length,
      epoch: this.server.epoch,
      events,
      more: (events[0]?.seq ?? 1) > 1,
      reset,
    });
  }

  /** @param {any} command */
  write({ id, room, body }) {
    const { server } = this;
    const refusal = server.refusals.shift();
    if (refusal) {
      this.tell({ op: 'error', id, detail: refusal.code, ...refusal });
      return;
    }
    const user = server.user ?? { id: 'u_nobody', name: 'Guest' };
    const key = `${user.id} ${id}`;
    const before = server.answers.get(key);
    if (before && before.content !== `${room} ${body}`) {
      this.tell({ op: 'error', id, code: 'conflict', detail: 'other content' });
      return;
    }
    if (before) {
      this.tell(before.answer);
      return;
    }
    const seq = server.room(room).log.length + 1;
    const answer = { op: 'ok', id, room, seq, message: `m_${room}_${seq}`, at: message.at };
    server.answers.set(key, { content: `${room} ${body}`, answer });
    this.tell(answer);
    server.append(room, user, { kind: 'message', body, ref: id });
  }

  close() {
    this.end(1000, '');
  }

  /** @param {number} code @param {string} reason */
  end(code, reason) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.server.connections.delete(this);
    this.onclose?.({ code, reason });
  }
}
