import hello from '../../../protocol/fixtures/server/hello.json';
import sent from '../../../protocol/fixtures/server/ok.send.json';
import joined from '../../../protocol/fixtures/server/ok.join.json';

/** @import {FakeServer} from './fakeServer.js' */

/** How many missed events one answer to `join` holds. */
const DELTA = 1_000;

/** The event that each command becomes. @type {Record<string, (command: any) => object>} */
const contents = {
  send: ({ body }) => ({ kind: 'message', body }),
  edit: ({ target, body }) => ({ kind: 'edit', message: target, body }),
  delete: ({ target }) => ({ kind: 'delete', message: target }),
  react: ({ target, emoji, on }) => ({ kind: 'react', message: target, emoji, on }),
  todo: ({ target, body, on }) => ({ kind: 'todo', ...(target && { message: target }), body, on }),
  card: ({ body }) => ({ kind: 'card', body }),
};

/** What is one of its own, not the change of another. @param {any} command */
const stands = ({ op, message }) =>
  op === 'send' || op === 'card' || (op === 'todo' && message === undefined);

/** One socket, seen from both sides. */
export class Connection {
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
      .map(({ id, name, log }) => {
        const read = server.reads.get(id) ?? log.length;
        return { id, name, seq: log.length, read, unread: log.length - read };
      });
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
    } else if (Object.hasOwn(contents, op)) {
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
    const asked = after === undefined || reset ? log.slice(-limit) : log.slice(after);
    const events = this.server.standing(room, asked);
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

  /** A durable command: written once under its id, answered before its event. @param {any} command */
  write(command) {
    const { op, id, room, body, message: target, emoji, on = false } = command;
    const { server } = this;
    const refusal = server.refusals.shift();
    const refuse = (/** @type {any} */ error) =>
      this.tell({ op: 'error', id, detail: error.code, ...error });
    if (refusal) return refuse(refusal);
    const user = server.user ?? { id: 'u_nobody', name: 'Guest' };
    const key = `${user.id} ${id}`;
    const content = JSON.stringify([op, room, body, target, emoji, on]);
    const before = server.answers.get(key);
    if (before && before.content !== content) return refuse({ code: 'conflict' });
    if (before) return this.tell(before.answer);
    const [found] = server.standing(
      room,
      server.room(room).log.filter((event) => event.id === target),
    );
    if (!stands(command) && (!found || found.deleted)) return refuse({ code: 'not_found' });
    const open = server.todos(room).items;
    const isOpen = open.some((item) => (target ? item.id === target : item.body === body));
    if (op === 'todo' && !on && !isOpen) return refuse({ code: 'not_found' });
    if ((op === 'edit' || op === 'delete') && found.user.id !== user.id)
      return refuse({ code: 'forbidden' });
    const seq = server.room(room).log.length + 1;
    const adds = stands(command) && (op !== 'todo' || on);
    const message = adds ? { message: `m_${room}_${seq}` } : {};
    const answer = { op: 'ok', id, room, seq, ...message, at: sent.at };
    server.answers.set(key, { content, answer });
    this.tell(answer);
    const text = op === 'todo' && target ? found.body : body;
    server.append(room, user, { ...contents[op]({ body: text, target, emoji, on }), ref: id });
    return undefined;
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
