import { expect, test } from 'vitest';
import { chance } from '../testing/chance.js';
import { openVolatile } from './database.js';
import { createOutbox } from './outbox.js';

/**
 * @import {Database} from './database.js'
 * @import {Entry} from './queue.js'
 * @import {About} from './revisions.js'
 */

const RUNS = 120;
const STEPS = 40;
const never = () => new Promise(() => {});
const turn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
/** @param {string} code */
const refusal = (code) => Object.assign(new Error(code), { code });

/** A server that keeps its promises: one effect for each id, and a conflict for other content. */
function createServer() {
  /** @type {Map<string, {content: string, answer: any}>} */
  const answers = new Map();
  /** @type {Map<string, {body: string, deleted: boolean, reacted: boolean, ref: string}>} */
  const messages = new Map();
  /** @type {Map<string, {body: string, open: boolean, ref: string}>} */
  const items = new Map();
  let seq = 0;
  return {
    messages,
    items,
    /** @param {Entry} entry */
    take({ id, op = 'send', body = '', message = '', on = false }) {
      const content = JSON.stringify([op, body, message, on]);
      const before = answers.get(id);
      if (before && before.content !== content) throw refusal('conflict');
      if (before) return before.answer;
      const about = messages.get(message);
      const item = items.get(message);
      const adds = op === 'send' || (op === 'todo' && message === '');
      const there = op === 'todo' ? item && (on || item.open) : about && !about.deleted;
      if (!adds && !there) throw refusal('not_found');
      seq += 1;
      const name = `m_${seq}`;
      if (op === 'todo' && adds) items.set(name, { body, open: true, ref: id });
      else if (item) item.open = on;
      else if (op === 'send') messages.set(name, { body, deleted: false, reacted: false, ref: id });
      else if (about && op === 'edit') about.body = body;
      else if (about && op === 'delete') about.deleted = true;
      else if (about) about.reacted = on;
      const answer = { seq, at: seq, ...(adds && { message: name }) };
      answers.set(id, { content, answer });
      return answer;
    },
  };
}

/** What somebody wished for one message; `may` is what was under way when a page died.
 * @typedef {{id: string, name?: string, body: string, may: string[], gone: boolean | 'maybe', on: boolean | 'maybe'}} Wish */

/** @param {number} seed */
async function run(seed) {
  const dice = chance(seed);
  const { pick, happens, number } = dice;
  const disk = openVolatile();
  const server = createServer();
  /** @type {Wish[]} */
  const wishes = [];
  /** @type {{id: string, body: string, open: boolean | 'maybe'}[]} what was put on the list */
  const listed = [];
  let online = happens(0.5);
  let calm = false;
  let text = 0;

  /** @type {{turns: (() => void)[], holder: object | null}} */
  const lock = { turns: [], holder: null };
  function passOn() {
    lock.holder = null;
    lock.turns.shift()?.();
  }

  /** @type {ReturnType<typeof open>[]} */
  const tabs = [];

  /** One page. Dead, it does nothing more, wherever it was. */
  function open() {
    const page = { dead: false };
    /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
    async function alive(work) {
      await turn();
      if (page.dead) return /** @type {any} */ (never());
      const done = await work();
      await turn();
      return page.dead ? /** @type {any} */ (never()) : done;
    }
    /** @type {Map<string, string>} */
    const names = new Map();
    /** @type {any} */
    const database = {};
    for (const name of /** @type {const} */ (['all', 'put', 'remove', 'queue', 'revise'])) {
      database[name] = (/** @type {any[]} */ ...given) =>
        alive(() => /** @type {any} */ (disk[name])(...given));
    }
    const outbox = createOutbox({
      database,
      exclusively: (work) =>
        new Promise((resolve, reject) => {
          const go = () => {
            if (page.dead) return passOn();
            lock.holder = page;
            return work()
              .then(resolve, reject)
              .finally(() => !page.dead && passOn());
          };
          if (lock.holder) lock.turns.push(go);
          else go();
        }),
      send: (entry) =>
        alive(async () => {
          const trouble = calm ? 1 : dice.random();
          if (trouble < 0.15) throw refusal('unavailable');
          if (trouble < 0.25) throw refusal('offline');
          const answer = server.take(entry);
          if (trouble < 0.4) throw refusal('offline'); // the answer was lost
          return answer;
        }),
      connected: () => online && !page.dead,
      tell(action) {
        for (const tab of tabs) {
          if (tab.page.dead) continue;
          if (action.op === 'entry' && action.change.message) {
            names.set(action.id, action.change.message);
            tab.names.set(action.id, action.change.message);
            if (tab.page !== page) void tab.outbox.flush();
          }
        }
        for (const entry of action.op === 'outbox' ? action.entries : []) {
          const wish = entry.op ? undefined : wishes.find(({ may }) => may.includes(entry.body));
          if (wish) wish.id = entry.id;
          const item = listed.find(({ body }) => entry.op === 'todo' && body === entry.body);
          if (item) item.id = entry.id;
        }
      },
      now: () => 1,
      random: () => 0,
      lookup: (_, command) => names.get(command),
    });
    return { page, outbox, names };
  }

  async function start() {
    const tab = open();
    tabs.push(tab);
    for (const [name, { ref }] of [...server.messages, ...server.items]) tab.names.set(ref, name);
    await tab.outbox.load('u');
    void tab.outbox.flush();
  }

  function kill() {
    const [tab] = tabs.splice(number(tabs.length), 1);
    tab.page.dead = true;
    if (lock.holder === tab.page) passOn();
  }

  /** @param {typeof tabs[number]} tab @param {{id: string}} wish @returns {About} */
  function about(tab, { id }) {
    const message = tab.names.get(id);
    return message ? { message, target: id } : { target: id };
  }

  /** @param {typeof tabs[number]} tab */
  async function wishFor(tab) {
    const known = wishes.filter(({ id, gone }) => id && gone === false);
    text += 1;
    const body = `text ${text}`;
    if (happens(0.25)) {
      await wishForList(tab, body);
      return;
    }
    if (known.length === 0 || happens(0.3)) {
      /** @type {Wish} */
      const wish = { id: '', body: '', may: [body], gone: false, on: false };
      wishes.push(wish);
      await tab.outbox.add('general', body);
      settled(wish, body);
      return;
    }
    const wish = pick(known);
    if (happens(0.4)) {
      wish.may.push(body);
      await tab.outbox.edit('general', about(tab, wish), body);
      settled(wish, body);
      return;
    }
    if (happens(0.7)) {
      const on = happens(0.5);
      wish.on = 'maybe';
      const said = [...server.messages.values()].find(({ ref }) => ref === wish.id)?.reacted;
      const reaction = { emoji: '👍', on };
      await tab.outbox.react('general', about(tab, wish), reaction, said);
      wish.on = on;
      return;
    }
    wish.gone = 'maybe';
    await tab.outbox.remove('general', about(tab, wish));
    wish.gone = true;
  }

  /** @param {typeof tabs[number]} tab @param {string} body */
  async function wishForList(tab, body) {
    const known = listed.filter(({ id }) => id);
    if (known.length === 0 || happens(0.4)) {
      listed.push({ id: '', body, open: true });
      await tab.outbox.todo('general', body, true, 'general');
      return;
    }
    const item = pick(known);
    const on = happens(0.4);
    item.open = 'maybe';
    const said = [...server.items.values()].find(({ ref }) => ref === item.id)?.open;
    await tab.outbox.toggle('general', about(tab, item), on, said);
    item.open = on;
  }

  /** @param {Wish} wish @param {string} body */
  function settled(wish, body) {
    wish.body = body;
    wish.may = [body];
  }

  await start();
  for (let step = 0; step < STEPS; step += 1) {
    if (tabs.length === 0) await start();
    const what = dice.random();
    if (what < 0.6) {
      const wished = wishFor(pick(tabs));
      if (happens(0.8)) await Promise.race([wished, turn().then(turn).then(turn).then(turn)]);
      await turn();
    } else if (what < 0.72) {
      online = !online;
      if (online) for (const { outbox } of tabs) void outbox.flush();
    } else if (what < 0.85) {
      for (let i = number(5); i > 0; i -= 1) await turn();
      kill();
    } else if (tabs.length < 2) {
      await start();
    }
    for (let i = number(8); i > 0; i -= 1) await turn();
  }
  calm = true;
  online = true;
  while (tabs.length > 0) kill();
  await start();
  const waiting = async () =>
    (await disk.all('outbox', 'u')).some(({ state }) => state === 'pending');
  for (let i = 0; i < 2_000 && (await waiting()); i += 1) await turn();

  const left = await disk.all('outbox', 'u');
  const at = `seed ${seed}`;
  expect(
    left.filter(({ state }) => state === 'pending'),
    at,
  ).toEqual([]);
  for (const { id, body, open } of listed.filter((item) => item.id)) {
    const found = [...server.items.values()].filter(({ ref }) => ref === id);
    expect(found, `${at}: ${body} once on the list`).toHaveLength(1);
    if (open !== 'maybe') expect(found[0].open, `${at}: whether ${body} is done`).toBe(open);
  }
  for (const wish of wishes.filter(({ id }) => id)) {
    const found = [...server.messages.values()].filter(({ ref }) => ref === wish.id);
    const alive = found.filter(({ deleted }) => !deleted);
    expect(found.length, `${at}: sent twice`).toBeLessThanOrEqual(1);
    if (wish.gone === true) expect(alive, `${at}: deleted and still there`).toEqual([]);
    if (wish.gone === false) {
      const texts = [
        ...alive.map(({ body }) => body),
        ...left.filter(({ state }) => state === 'failed').map(({ body }) => body),
      ];
      const allowed = new Set([wish.body, ...wish.may]);
      expect(
        texts.some((body) => allowed.has(body)),
        `${at}: ${wish.body} is lost`,
      ).toBe(true);
      expect(alive, at).toHaveLength(1);
      if (wish.on !== 'maybe') expect(alive[0].reacted, `${at}: the reaction`).toBe(wish.on);
    }
  }
}

test('a page that dies anywhere loses nothing that was kept, and sends nothing twice', async () => {
  for (let seed = 1; seed <= RUNS; seed += 1) await run(seed);
});
