import { describe, expect, test } from 'vitest';
import {
  canChange,
  failedRooms,
  lastOwn,
  listedRooms,
  memberRooms,
  openUnread,
  timeline,
  totalUnread,
} from './selectors.js';
import { initialState } from './reducer.js';
import { unknownRoom } from './rooms.js';

const me = { id: 'u_ada', name: 'Ada', role: 'guest' };
const bob = { id: 'u_bob', name: 'Bob' };
const noon = new Date(2026, 10, 20, 12).getTime();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** @param {number} seq @param {number} at @param {object} [more] @returns {any} */
const message = (seq, at, more = {}) => ({
  op: 'event',
  room: 'general',
  seq,
  kind: 'message',
  id: `m_${seq}`,
  user: bob,
  at,
  body: 'x',
  ...more,
});

/** @param {any[]} events @param {{more?: boolean, newAfter?: number | null, entries?: any[]}} [options] */
const rows = (events, { more = false, newAfter = null, entries = [] } = {}) =>
  timeline(
    {
      log: {
        epoch: 'e',
        events,
        first: 1,
        last: events.length,
        more,
        older: 'idle',
        since: [],
        gap: false,
        joins: 1,
      },
      newAfter,
    },
    entries,
    me,
  );

/** @param {ReturnType<typeof rows>} list */
const types = (list) => list.map(({ type }) => type);
/** @param {ReturnType<typeof rows>} list */
const heads = (list) => list.flatMap((row) => ('head' in row ? [row.head] : []));

describe('timeline', () => {
  test('opens with the room’s beginning, and each day with its line', () => {
    const list = rows([message(1, noon - DAY), message(2, noon), message(3, noon + MINUTE)]);
    expect(types(list)).toEqual(['start', 'day', 'message', 'day', 'message', 'message']);
  });

  test('keeps the oldest message back until what is before it is known', () => {
    const events = [message(8, noon), message(9, noon + MINUTE), message(10, noon + DAY)];
    const list = rows(events, { more: true });
    expect(types(list)).toEqual(['message', 'day', 'message']);
    expect(heads(list)).toEqual([false, true]);
  });

  test('rows stay as they are when older ones come before them', () => {
    const all = Array.from({ length: 40 }, (_, i) => message(i + 1, noon + i * 2 * MINUTE));
    const before = rows(all.slice(20), { more: true });
    const after = rows(all);
    expect(after.slice(-before.length)).toEqual(before);
  });

  test('groups an author’s messages within five minutes', () => {
    const list = rows([
      message(1, noon),
      message(2, noon + 4 * MINUTE),
      message(3, noon + 9 * MINUTE),
      message(4, noon + 9 * MINUTE, { user: me }),
      message(5, noon + 9 * MINUTE),
    ]);
    expect(heads(list)).toEqual([true, false, true, true, true]);
  });

  test('a group does not go on behind a line or a newcomer', () => {
    const member = { ...message(2, noon), kind: 'member', joined: true };
    expect(heads(rows([message(1, noon), member, message(3, noon)]))).toEqual([true, true]);
    expect(heads(rows([message(1, noon), message(2, noon)], { newAfter: 1 }))).toEqual([
      true,
      true,
    ]);
  });

  test('people who come one after the other share a row, those who go another', () => {
    const member = (/** @type {number} */ seq, joined = true) => ({
      ...message(seq, noon),
      kind: 'member',
      joined,
    });
    const list = rows([member(1), member(2), member(3, false), message(4, noon), member(5)]);
    expect(types(list)).toEqual(['start', 'day', 'member', 'member', 'message', 'member']);
    expect(list[2]).toMatchObject({ key: 'm_2', events: [{ seq: 1 }, { seq: 2 }] });
  });

  test('draws the new line once, before the first message of another', () => {
    const list = rows(
      [message(1, noon), message(2, noon, { user: me }), message(3, noon), message(4, noon)],
      {
        newAfter: 1,
      },
    );
    expect(types(list)).toEqual([
      'start',
      'day',
      'message',
      'message',
      'new',
      'message',
      'message',
    ]);
  });

  test('shows nothing for kinds it does not know', () => {
    expect(types(rows([message(1, noon), message(2, noon, { kind: 'wave' })]))).toEqual([
      'start',
      'day',
      'message',
    ]);
  });

  test('a message keeps its key from pending to written', () => {
    const entry = {
      order: 1,
      id: 'c1',
      user: me.id,
      room: 'general',
      body: 'x',
      at: noon,
      state: 'pending',
    };
    const before = rows([message(1, noon)], { entries: [entry] });
    const after = rows([message(1, noon), message(2, noon, { user: me, ref: 'c1' })]);
    expect(before.at(-1)).toMatchObject({ key: 'c1', type: 'entry' });
    expect(after.at(-1)).toMatchObject({ key: 'c1', type: 'message', mine: true });
  });

  test('keys are unique, also where another used the same command id', () => {
    const list = rows([message(1, noon, { ref: 'c1' }), message(2, noon, { user: me, ref: 'c1' })]);
    expect(new Set(list.map(({ key }) => key)).size).toBe(list.length);
  });
});

describe('rows', () => {
  const events = Array.from({ length: 30 }, (_, at) =>
    at % 7 === 0
      ? { ...message(at + 1, noon + at * MINUTE), kind: 'member', joined: true }
      : message(at + 1, noon + at * MINUTE, at % 5 === 0 ? { user: me } : {}),
  );
  /** @param {object} more @returns {any} */
  const change = (more) => ({
    order: 1,
    id: 'c_1',
    user: me.id,
    room: 'general',
    at: noon,
    state: 'pending',
    ...more,
  });

  test('are the same objects while nothing about them changes', () => {
    const before = rows(events, { newAfter: 3 });
    const after = rows([...events, message(31, noon + DAY)], { newAfter: 3 });
    expect(after.slice(0, before.length).every((row, at) => row === before[at])).toBe(true);
  });

  test('change alone where one message does', () => {
    const before = rows(events);
    const entries = [change({ op: 'react', message: 'm_9', emoji: '👍', on: true })];
    const after = rows(events, { entries });
    const changed = after.filter((row, at) => row !== before[at]);
    expect(changed).toMatchObject([
      { key: 'm_9', event: { reactions: { '👍': [{ id: me.id }] } } },
    ]);
    expect(rows(events, { entries }).every((row, at) => row === after[at])).toBe(true);
  });

  test('a renamed room has one', () => {
    const renamed = { ...message(3, noon), kind: 'room', name: 'Tea', topic: '' };
    const list = rows([message(1, noon), renamed, message(4, noon)]);
    expect(types(list)).toEqual(['start', 'day', 'message', 'room', 'message']);
    expect(heads(list)).toEqual([true, true]);
  });

  test('the new line stays where it is when what it stands before is deleted', () => {
    const list = rows([message(1, noon), message(2, noon, { deleted: true }), message(3, noon)], {
      newAfter: 1,
    });
    expect(types(list)).toEqual(['start', 'day', 'message', 'new', 'message', 'message']);
  });

  test('an edit made elsewhere after ours stands', () => {
    const entries = [change({ op: 'edit', message: 'm_1', body: 'ours', state: 'sent', seq: 5 })];
    const theirs = message(1, noon, { user: me, body: 'theirs', edited: 6 });
    expect(rows([theirs], { entries }).at(-1)).toMatchObject({ event: { body: 'theirs' } });
    const before = message(1, noon, { user: me, body: 'before', edited: 4 });
    expect(rows([before], { entries }).at(-1)).toMatchObject({ event: { body: 'ours' } });
  });
});

test('one’s newest message is the one to edit, unless it is deleted or about to be', () => {
  const events = [message(1, noon, { user: me }), message(2, noon, { user: me }), message(3, noon)];
  const room = (/** @type {any[]} */ held) => /** @type {any} */ ({ log: { events: held } });
  expect(lastOwn(room(events), me)?.id).toBe('m_2');
  expect(lastOwn(room([events[0], { ...events[1], deleted: true }]), me)?.id).toBe('m_1');
  const leaving = /** @type {any} */ ([{ op: 'delete', message: 'm_2' }]);
  expect(lastOwn(room(events), me, leaving)?.id).toBe('m_1');
  expect(lastOwn(room([events[2]]), me)).toBeNull();
  expect([events[0], events[2]].map((event) => canChange(event, me))).toEqual([true, false]);
});

test('rooms stand by name, general first, and only those one belongs to', () => {
  /** @param {string} id @param {string} name @param {boolean} member */
  const room = (id, name, member) => ({ ...unknownRoom(id), name, member });
  const rooms = {
    tea: room('tea', 'Tea', true),
    general: room('general', 'General', true),
    cake: room('cake', 'Cake', true),
    away: room('away', 'Away', false),
  };
  expect(memberRooms(rooms).map(({ id }) => id)).toEqual(['general', 'cake', 'tea']);
});

test('rooms that hold something unsent are listed, even where they are gone', () => {
  const rooms = {
    tea: { ...unknownRoom('tea'), member: true },
    gone: { ...unknownRoom('gone'), refused: 'not_found' },
  };
  const entries = /** @type {any[]} */ ([
    { room: 'gone', state: 'failed' },
    { room: 'cake', state: 'failed' },
    { room: 'tea', state: 'pending' },
  ]);
  const failed = failedRooms(entries);
  expect([...failed]).toEqual(['gone', 'cake']);
  const listed = (/** @type {string | null} */ current, /** @type {Set<string>} */ unsent) =>
    listedRooms(rooms, current, unsent).map(({ id }) => id);
  expect(listed('gone', failed)).toEqual(['tea', 'gone', 'cake']);
  expect(listed('gone', new Set())).toEqual(['tea']);
});

test('what is looked at as it comes is not unread, not even until it is marked as read', () => {
  const room = { ...unknownRoom('tea'), member: true, base: { seq: 9, unread: 2 } };
  const away = { ...initialState, me, open: 'tea', rooms: { tea: room } };
  expect([openUnread(away), totalUnread(away)]).toEqual([2, 2]);
  const looking = { ...away, attentive: true };
  expect([openUnread(looking), totalUnread(looking)]).toEqual([0, 0]);
  expect(totalUnread({ ...looking, open: 'general' })).toBe(2);
});
