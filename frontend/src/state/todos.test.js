import { describe, expect, test } from 'vitest';
import { initialState, reduce } from './reducer.js';
import { openCount, timeline } from './selectors.js';
import { catchUp, cleanItem, linesOf, look } from './todos.js';

const ada = { id: 'u_ada', name: 'Ada', role: 'guest' };
const bob = { id: 'u_bob', name: 'Bob' };
const noon = new Date(2026, 10, 20, 12).getTime();

/** @param {number} seq @param {object} [more] @returns {any} */
const todo = (seq, more = {}) => ({
  op: 'event',
  room: 'general',
  seq,
  kind: 'todo',
  id: `m_${seq}`,
  user: bob,
  at: noon + seq,
  body: `item ${seq}`,
  on: true,
  ...more,
});

/** @param {number} seq @returns {any} */
const message = (seq) => ({ ...todo(seq), kind: 'message', on: undefined });

/** @param {any} event */
const itemOf = ({ id, body, user, at }) => ({ id, body, user, at });

/** @param {any[]} events @param {object} [more] @returns {any} */
const logOf = (events, more = {}) => ({
  epoch: 'e',
  events,
  first: events[0]?.seq ?? 1,
  last: events.at(-1)?.seq ?? 0,
  more: false,
  older: 'idle',
  since: [],
  gap: false,
  joins: 1,
  ...more,
});

/** @param {any[]} actions */
const after = (...actions) =>
  actions.reduce(
    (state, action) => reduce(state, action),
    reduce(
      reduce(initialState, {
        op: 'hello',
        user: ada,
        limits: { body: 1_000, frame: 1_000 },
        rooms: [{ id: 'general', name: 'General', seq: 0, read: 0, unread: 0 }],
      }),
      { op: 'open', room: 'general' },
    ),
  );

/** @param {any[]} events @param {object} [more] */
const joined = (events, more = {}) => ({
  op: 'joined',
  room: 'general',
  seq: events.at(-1)?.seq ?? 0,
  epoch: 'e',
  events,
  more: false,
  after: null,
  ...more,
});

/** @param {number} seq @param {any[]} items @param {string} [epoch] */
const answered = (seq, items, epoch = 'e') => ({
  op: 'todos',
  room: 'general',
  list: { room: 'general', seq, epoch, items: items.map(itemOf) },
});

/** @param {import('./reducer.js').State} state */
const bodies = ({ rooms }) => rooms.general.todos?.items.map(({ body }) => body);

describe('the list', () => {
  test('is what the server answered, and what came after that', () => {
    const state = after(joined([todo(1)]), answered(1, [todo(1)]), todo(2), message(3), todo(4));
    expect(bodies(state)).toEqual(['item 1', 'item 2', 'item 4']);
    expect(state.rooms.general.todos?.seq).toBe(4);
  });

  test('does not count twice what the answer knew already', () => {
    const state = after(joined([]), answered(2, [todo(1), todo(2)]), todo(1), todo(2), todo(3));
    expect(bodies(state)).toEqual(['item 1', 'item 2', 'item 3']);
  });

  test('knows at once what came while the answer was under way', () => {
    const state = after(joined([todo(1)]), todo(2), todo(3), answered(1, [todo(1)]));
    expect(bodies(state)).toEqual(['item 1', 'item 2', 'item 3']);
  });

  test('loses what is done, by its id, or all of one text', () => {
    const held = [todo(1, { body: 'x' }), todo(2, { body: 'y' }), todo(3, { body: 'x' })];
    const before = [joined(held), answered(3, held)];
    const one = after(...before, todo(4, { on: false, message: 'm_1', body: 'x' }));
    expect(one.rooms.general.todos?.items.map((/** @type {any} */ { id }) => id)).toEqual([
      'm_2',
      'm_3',
    ]);
    const all = after(...before, todo(4, { on: false, body: 'x' }));
    expect(all.rooms.general.todos?.items.map((/** @type {any} */ { id }) => id)).toEqual(['m_2']);
  });

  test('gets back what is opened again, in its place and as its author’s', () => {
    const held = [todo(1), todo(2)];
    const state = after(
      joined(held),
      answered(2, held),
      todo(3, { on: false, message: 'm_1', body: 'item 1' }),
      todo(4, { on: true, message: 'm_1', body: 'item 1', user: ada }),
    );
    expect(state.rooms.general.todos?.items.map(itemOf)).toEqual(held.map(itemOf));
  });

  test('is read anew where it cannot be told whose an item was', () => {
    const log = logOf([todo(9, { on: true, message: 'm_1' })], { first: 5 });
    const before = { epoch: 'e', seq: 8, items: [] };
    expect(catchUp(before, log)).toMatchObject({ seq: 9, items: [], stale: true });
  });

  test('is read anew where the log was begun anew, or is another one', () => {
    const state = after(joined([todo(1)]), answered(1, [todo(1)]));
    const far = reduce(state, joined([todo(50)], { seq: 50 }));
    expect(far.rooms.general.todos).toMatchObject({ stale: true, seq: 1 });
    const other = reduce(state, joined([todo(1)], { epoch: 'f' }));
    expect(other.rooms.general.todos?.stale).toBe(true);
    expect(bodies(reduce(other, answered(1, [todo(1)], 'f')))).toEqual(['item 1']);
    expect(openCount(other.rooms.general, [], ada), 'nobody knows').toBe(0);
  });

  test('waits for the log where the answer is of a newer one', () => {
    const state = after(joined([todo(1)]), answered(1, [todo(1)]), answered(3, [todo(3)], 'f'));
    const live = reduce(state, todo(2));
    expect(live.rooms.general.todos).toMatchObject({ epoch: 'f', seq: 3 });
    expect(live.rooms.general.todos?.stale).toBeUndefined();
    const there = reduce(live, joined([todo(3), todo(4)], { epoch: 'f', seq: 4 }));
    expect(bodies(there)).toEqual(['item 3', 'item 4']);
  });

  test('goes on with what is missed and with what is read ahead', () => {
    const state = after(joined([todo(1)]), answered(1, [todo(1)]));
    const missed = reduce(state, joined([todo(2), todo(3)], { after: 1, seq: 3 }));
    expect(bodies(missed)).toEqual(['item 1', 'item 2', 'item 3']);
    const left = reduce(reduce(state, { op: 'open', room: null }), {
      op: 'activity',
      room: 'general',
      seq: 2,
      unread: 0,
      mentions: 0,
    });
    const page = { events: [todo(1), todo(2)], more: false, seq: 2, epoch: 'e' };
    const ahead = reduce(left, { op: 'ahead', room: 'general', page });
    expect(bodies(ahead)).toEqual(['item 1', 'item 2']);
  });

  test('does not fall behind an answer that is older than what is held', () => {
    const state = after(joined([todo(1)]), answered(1, [todo(1)]), todo(2), answered(1, [todo(1)]));
    expect(bodies(state)).toEqual(['item 1', 'item 2']);
  });

  test('neither counts as unread nor ends anybody’s typing', () => {
    const state = after(joined([]), todo(1));
    expect(state.rooms.general.newAfter).toBeNull();
  });
});

/** @param {number} order @param {object} [more] @returns {any} */
const wish = (order, more = {}) => ({
  order,
  op: 'todo',
  id: `c_${order}`,
  user: ada.id,
  room: 'general',
  at: noon + 100 + order,
  state: 'pending',
  on: true,
  ...more,
});

describe('the lines', () => {
  const todos = { epoch: 'e', seq: 2, items: [itemOf(todo(1)), itemOf(todo(2))] };

  test('show what waits behind what is there', () => {
    const lines = linesOf(todos, [wish(1, { body: 'mine' })], ada);
    expect(lines.map(({ body, pending }) => [body, pending])).toEqual([
      ['item 1', false],
      ['item 2', false],
      ['mine', true],
    ]);
  });

  test('keep their key from wish to item, whether or not the list says who wished it', () => {
    const sent = wish(1, { body: 'mine', state: 'sent', message: 'm_3', seq: 3 });
    const before = linesOf(todos, [sent], ada);
    const known = { ...itemOf(todo(3, { body: 'mine', user: ada })), ref: 'c_1' };
    const live = linesOf({ ...todos, seq: 3, items: [...todos.items, known] }, [], ada, before);
    const { ref: _, ...bare } = known;
    const read = linesOf({ ...todos, seq: 3, items: [...todos.items, bare] }, [sent], ada, before);
    for (const lines of [before, live, read])
      expect(lines.map(({ key }) => key)).toEqual(['m_1', 'm_2', 'c_1']);
  });

  test('are struck through while the panel is open, whoever checked them off', () => {
    const before = linesOf(todos, [], ada);
    const waiting = linesOf(todos, [wish(1, { message: 'm_1', on: false })], ada, before);
    expect(waiting[0]).toMatchObject({ done: true, pending: true });
    const gone = linesOf({ ...todos, seq: 3, items: todos.items.slice(1) }, [], ada, waiting);
    expect(gone[0]).toMatchObject({ id: 'm_1', done: true, pending: false });
    expect(linesOf({ ...todos, seq: 3, items: todos.items.slice(1) }, [], ada)).toHaveLength(1);
    const back = linesOf(
      { ...todos, seq: 3, items: todos.items.slice(1) },
      [wish(2, { message: 'm_1' })],
      ada,
      gone,
    );
    expect(back[0]).toMatchObject({ done: false, pending: true });
  });

  test('are done by their text, all of them', () => {
    const same = { ...todos, items: todos.items.map((item) => ({ ...item, body: 'x' })) };
    const lines = linesOf(same, [wish(1, { body: 'x', on: false })], ada);
    expect(lines.map(({ done }) => done)).toEqual([true, true]);
  });

  test('are not done by a text where they were added after it', () => {
    const done = wish(1, { body: 'item 1', on: false });
    const again = wish(2, { body: 'item 1' });
    const lines = linesOf(todos, [done, again], ada);
    expect(lines.map(({ body, done }) => [body, done])).toEqual([
      ['item 1', true],
      ['item 2', false],
      ['item 1', false],
    ]);
    expect(openCount(/** @type {any} */ ({ id: 'general', todos }), [done, again], ada)).toBe(2);
  });

  test('stay the same where nothing about them is another', () => {
    const before = linesOf(todos, [], ada);
    const lines = linesOf(
      { ...todos, seq: 3 },
      [wish(1, { message: 'm_2', on: false })],
      ada,
      before,
    );
    expect(lines[0]).toBe(before[0]);
    expect(lines[1]).toMatchObject({ id: 'm_2', done: true });
  });

  test('of a list that is another one by now begin anew', () => {
    const seen = look(null, todos, [], ada);
    const emptied = { ...todos, seq: 3, items: [] };
    expect(look(seen, emptied, [], ada).lines.map(({ done }) => done)).toEqual([true, true]);
    expect(look(seen, { ...emptied, epoch: 'another' }, [], ada).lines).toEqual([]);
  });

  test('that are done are not held without end', () => {
    let seen = look(null, { ...todos, items: [] }, [], ada);
    for (let seq = 1; seq <= 300; seq += 1) {
      seen = look(seen, { ...todos, seq, items: [itemOf(todo(seq))] }, [], ada);
      seen = look(seen, { ...todos, seq, items: [] }, [], ada);
    }
    expect(seen.lines.length).toBeLessThanOrEqual(101);
    expect(seen.lines.at(-1)).toMatchObject({ body: 'item 300', done: true });
  });

  test('say what was refused, and go where a wish is given up', () => {
    const refused = wish(1, { body: 'mine', state: 'failed', code: 'forbidden' });
    const lines = linesOf(todos, [refused], ada);
    expect(lines[2]).toMatchObject({ failed: refused, pending: false });
    expect(linesOf(todos, [], ada, lines).map(({ body }) => body)).toEqual(['item 1', 'item 2']);
    const kept = wish(2, { message: 'm_1', on: false, state: 'failed', code: 'forbidden' });
    expect(linesOf(todos, [kept], ada)[0]).toMatchObject({ done: false, failed: kept });
  });

  test('count what is open', () => {
    const room = /** @type {any} */ ({ id: 'general', todos });
    expect(openCount(room, [wish(1, { body: 'mine' })], ada)).toBe(3);
    expect(openCount(room, [wish(1, { message: 'm_1', on: false })], ada)).toBe(1);
    expect(openCount({ ...room, todos: null }, [], ada)).toBe(0);
  });
});

describe('told in the room', () => {
  /** @param {any[]} events @param {any[]} [entries] */
  const rows = (events, entries = []) =>
    timeline({ log: logOf(events), newAfter: null }, entries, ada)
      .filter(({ type }) => type === 'todo' || type === 'wish' || type === 'message')
      .map((row) => [row.type, row.type === 'todo' ? row.events.length : 1]);

  test('one person’s changes of one sort share a line', () => {
    const done = { on: false, message: 'm_1' };
    expect(
      rows([todo(1), todo(2), todo(3, done), todo(4, { user: ada }), message(5), todo(6)]),
    ).toEqual([
      ['todo', 2],
      ['todo', 1],
      ['todo', 1],
      ['message', 1],
      ['todo', 1],
    ]);
  });

  test('a row holds so many and no more, or a long list would be held over and over', () => {
    const many = Array.from({ length: 120 }, (_, at) => todo(at + 1));
    expect(rows(many).map(([, count]) => count)).toEqual([50, 50, 20]);
  });

  test('what waits shows, what is done to an item only where it was refused', () => {
    const entries = [
      wish(1, { body: 'mine' }),
      wish(2, { message: 'm_1', on: false }),
      wish(3, { message: 'm_1', on: false, state: 'failed', code: 'forbidden' }),
    ];
    expect(rows([todo(1)], entries).map(([type]) => type)).toEqual(['todo', 'wish', 'wish']);
  });

  test('names that guests give make groups of their own', () => {
    const said = [{ as: 'bob' }, { as: 'bob' }, { as: 'eve' }, {}].map((more, at) => ({
      ...message(at + 1),
      ...more,
    }));
    const heads = timeline({ log: logOf(said), newAfter: null }, [], ada).flatMap((row) =>
      row.type === 'message' ? [row.head] : [],
    );
    expect(heads).toEqual([true, false, true, true]);
  });
});

test('an item is one line', () => {
  expect(cleanItem('  buy\tmilk\n\u0007and  tea ')).toBe('buy milk and tea');
});
