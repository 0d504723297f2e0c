import { expect, test } from 'vitest';
import { chance } from '../testing/chance.js';
import { FakeServer } from '../testing/fakeServer.js';
import { createCache } from './cache.js';
import { openVolatile } from './database.js';
import { initialState, reduce } from './reducer.js';

/**
 * @import {State} from './reducer.js'
 */

const RUNS = 150;
const STEPS = 120;
const people = ['Ada', 'Bob', 'Cy', 'Dee'];
const emoji = ['👍', '🍵', '🎉'];

/** Who reacted, without the order: taken back and given again within one answer it may differ. @param {any} event */
function plain(event) {
  if (!event.reactions) return event;
  const sorted = Object.entries(event.reactions)
    .map(([name, users]) => [name, users.map((/** @type {any} */ { id }) => id).toSorted()])
    .toSorted();
  return { ...event, reactions: sorted };
}

/** Something happens in the room. @param {FakeServer} server @param {ReturnType<typeof chance>} dice */
function happen(server, { pick, happens, number }) {
  const name = pick(people);
  const user = { id: `u_${name}`, name };
  const messages = server.room('general').log.filter(({ kind }) => kind === 'message');
  if (messages.length === 0 || happens(0.35)) {
    server.say('general', name, `text ${number(1_000)}`);
  } else if (happens(0.05)) {
    server.append('general', user, { kind: 'member', joined: happens(0.5) });
  } else {
    const recent = happens(0.6) ? messages.slice(-6) : messages;
    const target = pick(recent);
    const [standing] = server.standing('general', [target]);
    if (standing.deleted) return;
    const about = { message: target.id };
    if (happens(0.7))
      server.append('general', user, {
        kind: 'react',
        ...about,
        emoji: pick(emoji),
        on: happens(0.6),
      });
    else if (happens(0.8))
      server.append('general', target.user, { kind: 'edit', ...about, body: `now ${number(99)}` });
    else server.append('general', target.user, { kind: 'delete', ...about });
  }
}

/** A client that hears of it, by whatever way and as late as it may be. @param {number} seed */
async function run(seed) {
  const dice = chance(seed);
  const { pick, happens, number } = dice;
  const server = new FakeServer();
  const { log } = server.room('general');
  const database = openVolatile();
  /** @type {State} */
  let state = initialState;
  const dispatch = (/** @type {any} */ action) => {
    state = reduce(state, action);
  };
  const held = () => state.rooms.general?.log;
  /** @type {(() => void)[]} answers on their way */
  const underWay = [];
  const me = { id: 'u_Ada', name: 'Ada', role: 'guest' };
  dispatch({ op: 'hello', user: me, limits: { body: 1, frame: 1 }, rooms: [] });
  dispatch({ op: 'open', room: 'general' });

  function join() {
    const after = held()?.last;
    const fresh = after === undefined || happens(0.1);
    const asked = fresh ? log.slice(-number(12) - 1) : log.slice(after);
    const events = server.standing('general', asked);
    const seq = log.length;
    const more = fresh && (events[0]?.seq ?? 1) > 1;
    const about = { room: 'general', seq, epoch: 'e', events, more, reset: fresh };
    dispatch({ op: 'joined', ...about, after: fresh ? null : after });
  }

  function older() {
    const now = held();
    if (!now?.more || now.older === 'loading') return;
    const before = now.first;
    dispatch({ op: 'older', room: 'general', older: 'loading' });
    const read = () => {
      const events = server.standing(
        'general',
        log.filter(({ seq }) => seq < before).slice(-number(10) - 1),
      );
      const page = { events, more: (events[0]?.seq ?? 1) > 1, seq: log.length, epoch: 'e' };
      underWay.push(() => dispatch({ op: 'page', room: 'general', before, page }));
    };
    if (happens(0.5)) read();
    else underWay.push(read);
  }

  /** Read while nobody looks; what is told of its head may be from before or after that. */
  function ahead() {
    const head = () => dispatch({ op: 'activity', room: 'general', seq: log.length, unread: 0 });
    const asked = held();
    const early = happens(0.5);
    if (early) head();
    const read = () => {
      const events = server.standing('general', log.slice(-number(12) - 1));
      const page = { events, more: (events[0]?.seq ?? 1) > 1, seq: log.length, epoch: 'e' };
      underWay.push(() => {
        if (!early) head();
        if (held() === asked) dispatch({ op: 'ahead', room: 'general', page });
      });
    };
    if (happens(0.5)) read();
    else underWay.push(read);
  }

  async function reload() {
    const rooms = () => state.rooms;
    const cache = createCache({ database, rooms });
    await cache.load('u_Ada');
    await cache.save();
    const kept = await createCache({ database, rooms }).load('u_Ada');
    state = reduce(reduce(initialState, { op: 'session', session: 'somebody', me }), {
      op: 'cached',
      rooms: kept,
    });
    dispatch({ op: 'open', room: 'general' });
    underWay.length = 0;
  }

  const live = () => {
    const now = held();
    const happened = now && log[now.last];
    if (!happened) return;
    // The rest of a long delta comes as frames too, of events as they stand by now.
    const next = happens(0.2) ? server.standing('general', [happened])[0] : happened;
    dispatch(next);
    if (happens(0.2)) dispatch(next);
    if (happens(0.2)) dispatch(log[number(log.length)]); // a repetition, or a gap
    if (held()?.gap) join();
  };

  for (let step = 0; step < STEPS; step += 1) {
    const what = dice.random();
    if (what < 0.45) happen(server, dice);
    else if (what < 0.75) for (let i = number(4); i >= 0; i -= 1) live();
    else if (state.open === null && happens(0.2)) ahead();
    else if (what < 0.8) join();
    else if (what < 0.88) older();
    else if (what < 0.96) underWay.splice(number(underWay.length), 1)[0]?.();
    else if (what < 0.98) dispatch({ op: 'open', room: pick([null, 'general']) });
    else if (what < 0.99) ahead();
    else await reload();
  }
  while (underWay.length > 0) underWay.shift()?.();
  join();
  while ((held()?.last ?? 0) < log.length) live();

  const { events, first, last, more } = /** @type {import('./log.js').Log} */ (held());
  const shown = log.filter(
    ({ seq, kind }) => seq >= first && !['edit', 'delete', 'react'].includes(kind),
  );
  expect(last).toBe(log.length);
  expect(more, `seed ${seed}`).toBe(first > 1);
  expect(events.map(plain), `seed ${seed}`).toEqual(server.standing('general', shown).map(plain));
}

test('whatever way events come, the room ends as a fresh load shows it', async () => {
  for (let seed = 1; seed <= RUNS; seed += 1) await run(seed);
});
