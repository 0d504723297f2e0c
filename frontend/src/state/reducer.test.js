import { describe, expect, test } from 'vitest';
import { initialState, reduce } from './reducer.js';
import { KEPT, OPEN_MOST } from './rooms.js';
import { openUnread, typists, unread } from './selectors.js';

/** @import {Action, State} from './reducer.js' */

const me = { id: 'u_ada', name: 'Ada', role: 'guest' };
const bob = { id: 'u_bob', name: 'Bob' };

/** @param {Partial<{seq: number, read: number, unread: number}>} [position] @returns {Action} */
const hello = (position = {}) => ({
  op: 'hello',
  user: me,
  limits: { body: 100, frame: 1_000 },
  rooms: [{ id: 'general', name: 'General', seq: 0, read: 0, unread: 0, ...position }],
});

/** An older page that was asked for. @param {State} state @param {Action} page */
const paged = (state, page) =>
  run([{ op: 'older', room: 'general', older: 'loading' }, page], state);

/** @param {number} seq @param {object} [more] @returns {any} */
const event = (seq, more = {}) => ({
  op: 'event',
  room: 'general',
  seq,
  kind: 'message',
  id: `m_${seq}`,
  user: bob,
  at: 1_000 * seq,
  body: `message ${seq}`,
  ...more,
});

/** @param {any[]} events @param {object} [more] @returns {Action} */
const joined = (events, more = {}) => ({
  op: 'joined',
  room: 'general',
  seq: events.at(-1)?.seq ?? 0,
  epoch: 'e_1',
  events,
  more: false,
  reset: false,
  after: null,
  ...more,
});

/** @param {Action[]} actions @param {State} [state] */
const run = (actions, state = initialState) => actions.reduce(reduce, state);

/** A room on screen, with events 1 to `count`. @param {number} count */
const opened = (count) =>
  run([
    hello({ seq: count, read: count }),
    { op: 'status', state: 'connected', now: 1 },
    { op: 'open', room: 'general' },
    joined(Array.from({ length: count }, (_, i) => event(i + 1))),
  ]);

/** @param {State} state */
const seqs = (state) => state.rooms.general.log?.events.map(({ seq }) => seq);

test.each(['constructor', '__proto__', 'toString'])('a room may be called %s', (id) => {
  const states = [
    run([{ op: 'open', room: id }]),
    run([{ op: 'cached', rooms: [] }, hello(), { op: 'open', room: id }]),
  ];
  for (const state of states) {
    expect(state.rooms[id]).toMatchObject({ id, member: false, log: null });
  }
  const typing = run([{ op: 'typing', room: id, user: bob, now: 1 }]);
  expect(Object.keys(typing.typing[id])).toEqual([bob.id]);
  for (const op of ['status', 'tick']) {
    const state = run([{ op, state: 'disconnected', now: 10_000 }], typing);
    expect(typists(state, id)).toEqual([]);
  }
});

describe('a room’s log', () => {
  test('takes events in their order', () => {
    expect(seqs(run([event(3), event(4)], opened(2)))).toEqual([1, 2, 3, 4]);
  });

  test('is not changed by an event that it has', () => {
    const state = run([event(3)], opened(2));
    expect(reduce(state, event(3))).toBe(state);
    expect(reduce(state, event(1, { body: 'other' }))).toBe(state);
  });

  test('does not take an event out of turn, but remembers that one is missing', () => {
    const state = run([event(5)], opened(2));
    expect(seqs(state)).toEqual([1, 2]);
    expect(state.rooms.general.log?.gap).toBe(true);
    const mended = reduce(state, joined([event(3), event(4), event(5)], { after: 2 }));
    expect(seqs(mended)).toEqual([1, 2, 3, 4, 5]);
    expect(mended.rooms.general.log?.gap).toBe(false);
  });

  test('goes on with what was missed', () => {
    const state = run([joined([event(3)], { after: 2 }), event(4)], opened(2));
    expect(seqs(state)).toEqual([1, 2, 3, 4]);
  });

  test('is replaced by a page that stands for itself', () => {
    const page = joined([event(90), event(91)], { epoch: 'e_2', more: true, reset: true });
    const state = run([page, event(92)], opened(2));
    expect(seqs(state)).toEqual([90, 91, 92]);
    expect(state.rooms.general.log).toMatchObject({ epoch: 'e_2', more: true });
  });

  test('keeps kinds that are not known yet in their place', () => {
    const odd = event(3, { kind: 'todo', body: undefined });
    const state = run([odd, event(4)], opened(2));
    expect(seqs(state)).toEqual([1, 2, 3, 4]);
  });

  test('takes older pages before what it has, once', () => {
    const log = [joined([event(4), event(5)], { more: true })];
    const page = {
      op: 'page',
      room: 'general',
      before: 4,
      page: { events: [event(2), event(3)], more: true, epoch: 'e_1' },
    };
    const state = paged(run(log, opened(0)), page);
    expect(seqs(state)).toEqual([2, 3, 4, 5]);
    expect(seqs(reduce(state, page))).toEqual([2, 3, 4, 5]);
  });

  test('is cut at its old end while the newest is looked at, and only then', () => {
    const flood = Array.from({ length: OPEN_MOST + 50 }, (_, i) => event(i + 2));
    const away = run(flood, opened(1));
    expect(away.rooms.general.log?.events).toHaveLength(OPEN_MOST + 51);
    const there = run([{ op: 'attention', attentive: true }, ...flood], opened(1));
    const held = seqs(there) ?? [];
    expect(held.length).toBeLessThanOrEqual(OPEN_MOST);
    expect(held.at(-1)).toBe(OPEN_MOST + 51);
    expect(held).toEqual(Array.from(held, (_, i) => held[0] + i));
    expect(there.rooms.general.log?.more).toBe(true);
    const older = Array.from({ length: 5 }, (_, i) => event(held[0] - 5 + i));
    const page = { events: older, more: true, epoch: 'e_1', room: 'general', seq: OPEN_MOST + 51 };
    const back = paged(there, { op: 'page', room: 'general', before: held[0], page });
    expect(seqs(back)?.[0]).toBe(held[0] - 5);
  });

  test('holds no changes, but what they change', () => {
    const edit = event(3, { kind: 'edit', message: 'm_1', body: 'better' });
    const state = run([edit, event(4)], opened(2));
    expect(seqs(state)).toEqual([1, 2, 4]);
    expect(state.rooms.general.log).toMatchObject({ first: 1, last: 4 });
    expect(state.rooms.general.log?.events[0]).toMatchObject({ body: 'better', edited: 3 });
  });

  test('goes back past a page of nothing but changes', () => {
    const react = { kind: 'react', message: 'm_1', emoji: '👍', on: true, body: undefined };
    const events = [event(5, react), event(6, react)];
    const page = {
      op: 'page',
      room: 'general',
      before: 7,
      page: { events, more: true, epoch: 'e_1', seq: 8 },
    };
    const state = paged(run([joined([event(7), event(8)], { more: true })], opened(0)), page);
    expect(seqs(state)).toEqual([7, 8]);
    expect(state.rooms.general.log).toMatchObject({ first: 5, more: true });
  });

  test('keeps the newest messages of a room that was left, however much was reacted', () => {
    const react = (/** @type {number} */ seq) =>
      event(seq, { kind: 'react', message: 'm_1', emoji: '👍', on: seq % 2 === 0 });
    const many = Array.from({ length: KEPT + 300 }, (_, at) =>
      at % 3 === 0 ? react(at + 2) : event(at + 2),
    );
    const left = run([...many, { op: 'open', room: null }], opened(1)).rooms.general.log;
    expect(left?.events).toHaveLength(KEPT);
    expect(left).toMatchObject({ more: true, last: KEPT + 301, first: left?.events[0].seq });
  });

  test('does not mix pages of another epoch', () => {
    const page = {
      op: 'page',
      room: 'general',
      before: 1,
      page: { events: [event(9)], more: true, epoch: 'e_9' },
    };
    expect(seqs(paged(opened(2), page))).toEqual([1, 2]);
  });
});

test('what the server says that is new to this client changes nothing', () => {
  const state = opened(1);
  expect(reduce(state, { op: 'wave', room: 'general' })).toBe(state);
  expect(reduce(state, { op: 'toString' })).toBe(state);
});

describe('the pending twin', () => {
  const entry = {
    order: 1,
    id: 'c1',
    user: me.id,
    room: 'general',
    body: 'hi',
    at: 5,
    state: 'pending',
  };
  const queued = { op: 'outbox', entries: [entry] };

  test('is retired by its own event, alone', () => {
    const state = reduce(opened(1), queued);
    expect(reduce(state, event(2, { ref: 'c1' })).outbox).toHaveLength(1);
    expect(reduce(state, event(2, { ref: 'c2', user: me })).outbox).toHaveLength(1);
    expect(reduce(state, event(2, { ref: 'c1', user: me })).outbox).toHaveLength(0);
  });

  test('is retired by a page that holds its event, in whatever order they come', () => {
    const page = joined([event(1, { ref: 'c1', user: me })]);
    expect(run([queued, page], opened(0)).outbox).toHaveLength(0);
    expect(run([page, queued], opened(0)).outbox).toHaveLength(0);
  });

  test('keeps its state until then', () => {
    const sent = run([queued, { op: 'entry', id: 'c1', change: { state: 'sent' } }], opened(1));
    expect(sent.outbox).toMatchObject([{ id: 'c1', state: 'sent' }]);
    expect(reduce(sent, { op: 'discarded', id: 'c1' }).outbox).toEqual([]);
  });

  test('is never shown twice', () => {
    expect(run([queued, queued], opened(1)).outbox).toHaveLength(1);
  });
});

describe('unread', () => {
  test('is what the server counted, plus what came since', () => {
    const state = run([hello({ seq: 10, read: 2, unread: 5 })]);
    expect(unread(state.rooms.general, me)).toBe(5);
    const more = reduce(state, {
      op: 'activity',
      room: 'general',
      seq: 12,
      unread: 7,
      mentions: 0,
    });
    expect(unread(more.rooms.general, me)).toBe(7);
  });

  test('counts visible messages of others only', () => {
    const state = run(
      [event(3), event(4, { user: me }), event(5, { kind: 'member', joined: true })],
      opened(2),
    );
    expect(openUnread(state)).toBe(1);
  });

  test('goes down with reading, here or elsewhere, and never up by it', () => {
    const state = run([event(3), event(4)], opened(2));
    const half = reduce(state, { op: 'read', room: 'general', seq: 3 });
    expect(openUnread(half)).toBe(1);
    expect(reduce(half, { op: 'read', room: 'general', seq: 2 })).toBe(half);
    expect(openUnread(reduce(half, { op: 'read', room: 'general', seq: 4 }))).toBe(0);
  });

  test('is recounted where the log reaches back far enough', () => {
    const state = run([
      hello({ seq: 4, read: 0, unread: 4 }),
      { op: 'open', room: 'general' },
      joined([event(1), event(2), event(3), event(4)]),
      { op: 'read', room: 'general', seq: 3 },
    ]);
    expect(openUnread(state)).toBe(1);
  });

  test('is less by a message that was deleted, whoever had counted it', () => {
    const gone = (/** @type {number} */ seq, /** @type {number} */ of) =>
      event(seq, { kind: 'delete', message: `m_${of}`, body: undefined });
    const state = run([
      hello({ seq: 4, read: 1, unread: 3 }),
      { op: 'open', room: 'general' },
      joined([event(1), event(2), event(3), event(4)]),
      event(5),
    ]);
    expect(openUnread(state)).toBe(4);
    const counted = reduce(state, gone(6, 3)); // by the server
    expect(openUnread(counted)).toBe(3);
    const since = reduce(counted, gone(7, 5)); // here
    expect(openUnread(since)).toBe(2);
    expect(openUnread(reduce(since, gone(8, 1)))).toBe(2); // it was read
    expect(openUnread(reduce(since, gone(8, 0)))).toBe(2); // it is not held
    const missed = run(
      [hello({ seq: 8, read: 1, unread: 1 }), joined([gone(8, 2)], { after: 7 })],
      since,
    );
    expect(openUnread(missed)).toBe(1); // the server's new count knows it
  });

  test('an old activity does not undo a newer one', () => {
    const state = run([hello({ seq: 10, read: 10 })]);
    expect(reduce(state, { op: 'activity', room: 'general', seq: 9, unread: 3, mentions: 0 })).toBe(
      state,
    );
  });

  test('stays right when the room is left and entered again', () => {
    const state = run([event(3), { op: 'open', room: null }], opened(2));
    expect(unread(state.rooms.general, me)).toBe(1);
    const grown = reduce(state, {
      op: 'activity',
      room: 'general',
      seq: 5,
      unread: 3,
      mentions: 0,
    });
    const back = run(
      [{ op: 'open', room: 'general' }, joined([event(4), event(5)], { after: 3 }), event(6)],
      grown,
    );
    expect(openUnread(back)).toBe(4);
  });
});

describe('the “new” line', () => {
  test('stands where reading stopped', () => {
    const state = run([hello({ seq: 9, read: 4, unread: 3 }), { op: 'open', room: 'general' }]);
    expect(state.rooms.general.newAfter).toBe(4);
  });

  test('is drawn when nobody looks, and stays until the room is left', () => {
    const watched = run([{ op: 'attention', attentive: true }, event(3)], opened(2));
    expect(watched.rooms.general.newAfter).toBeNull();
    const away = run([{ op: 'attention', attentive: false }, event(4), event(5)], watched);
    expect(away.rooms.general.newAfter).toBe(3);
    const read = reduce(away, { op: 'read', room: 'general', seq: 5 });
    expect(read.rooms.general.newAfter).toBe(3);
    expect(reduce(read, { op: 'open', room: null }).rooms.general.newAfter).toBeNull();
  });

  test('is not drawn for what one wrote oneself', () => {
    expect(run([event(3, { user: me })], opened(2)).rooms.general.newAfter).toBeNull();
  });
});

describe('who belongs', () => {
  test('is the server’s word at each hello', () => {
    const state = run([
      { op: 'room', room: { id: 'tea', name: 'Tea', seq: 3, member: true, members: 2 } },
      hello(),
    ]);
    expect(state.rooms.tea.member).toBe(false);
    expect(state.rooms.general.member).toBe(true);
  });

  test('follows member events', () => {
    const left = event(3, { kind: 'member', joined: false, user: me, body: undefined });
    expect(reduce(opened(2), left).rooms.general.member).toBe(false);
  });

  test('joining does not invent unread history', () => {
    const tea = { id: 'tea', name: 'Tea', seq: 30, member: false, members: 2 };
    const state = run(
      [
        { op: 'room', room: tea },
        { op: 'room', room: { ...tea, member: true } },
      ],
      opened(1),
    );
    expect(unread(state.rooms.tea, me)).toBe(0);
  });
});

describe('people', () => {
  test('come and go', () => {
    const state = run(
      [
        { op: 'presence', room: 'general', online: [bob, me], count: 2 },
        { op: 'presence', room: 'general', offline: [bob.id], count: 1 },
      ],
      opened(1),
    );
    expect(state.presence).toMatchObject({ count: 1, users: { [me.id]: me } });
    expect(Object.keys(state.presence?.users ?? {})).toEqual([me.id]);
  });

  test('are unknown without a connection', () => {
    const state = run(
      [
        { op: 'presence', room: 'general', online: [bob], count: 1 },
        { op: 'status', state: 'disconnected', retryAt: 9, now: 5 },
      ],
      opened(1),
    );
    expect(state).toMatchObject({ presence: null, connected: false, lostAt: 5 });
  });

  test('type for a while, until they send', () => {
    const typing = { op: 'typing', room: 'general', user: bob, now: 0 };
    const state = reduce(opened(1), typing);
    expect(Object.keys(state.typing.general)).toEqual([bob.id]);
    expect(reduce(state, { op: 'tick', now: 5_999 })).toBe(state);
    expect(reduce(state, { op: 'tick', now: 6_000 }).typing).toEqual({});
    expect(reduce(state, event(2)).typing.general).toEqual({});
    const react = event(2, { kind: 'react', message: 'm_1', emoji: '👍', on: true });
    expect(Object.keys(reduce(state, react).typing.general)).toEqual([bob.id]);
  });

  test('do not see themselves typing', () => {
    expect(reduce(opened(1), { op: 'typing', room: 'general', user: me, now: 0 }).typing).toEqual(
      {},
    );
  });
});

test('nothing of a user stays in the state once they are gone', () => {
  const gone = reduce(opened(3), { op: 'session', session: 'nobody', farewell: 'expired' });
  expect(gone).toEqual({ ...initialState, session: 'nobody', farewell: 'expired' });
});

describe('what this device kept', () => {
  const kept = () => {
    const { general } = opened(2).rooms;
    return { op: 'cached', rooms: [{ ...general, read: 1, base: { seq: 2, unread: 1 } }] };
  };

  test('takes the place of a room of which nothing is known yet', () => {
    const state = run([{ op: 'open', room: 'general' }, kept()]);
    expect(state.rooms.general).toMatchObject({ name: 'General', member: true, newAfter: 1 });
    expect(seqs(state)).toEqual([1, 2]);
  });

  test('yields to what the server said', () => {
    const state = run([kept()], opened(3));
    expect(seqs(state)).toEqual([1, 2, 3]);
    const before = run([hello({ seq: 5, read: 5 }), kept()]);
    expect(before.rooms.general).toMatchObject({ read: 5, base: { seq: 5, unread: 0 } });
    expect(seqs(before)).toEqual([1, 2]);
  });
});

describe('a message that was sent', () => {
  const entry = { order: 1, id: 'c_1', user: me.id, room: 'general', body: 'x', at: 1 };
  const waiting = (/** @type {State} */ state) =>
    run([{ op: 'outbox', entries: [{ ...entry, state: 'pending' }] }], state);
  const answered = { op: 'entry', id: 'c_1', change: { state: 'sent', at: 2, seq: 4 } };

  test('stands at the end until its event comes', () => {
    const state = run([answered], waiting(opened(3)));
    expect(state.outbox).toMatchObject([{ state: 'sent', seq: 4 }]);
    expect(run([event(4, { user: me, ref: 'c_1' })], state).outbox).toEqual([]);
  });

  test('goes when the log is past it, though its event is not held', () => {
    const state = run([answered], waiting(opened(3)));
    expect(run([joined([event(90)], { more: true })], state).outbox).toEqual([]);
    expect(run([answered], waiting(opened(4))).outbox).toEqual([]);
  });
});
