import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDrafts } from './drafts.js';
import { openVolatile } from './database.js';

/** @import {Database} from './database.js' */

/** @type {Database} */
let database;
/** @type {ReturnType<typeof createDrafts>[]} */
let tabs;

/** A tab of one browser: it shares the disk, and hears of the others' changes. */
async function tab() {
  const drafts = createDrafts(database, (change) => {
    for (const other of tabs) if (other !== drafts) other.follow(change);
  });
  tabs.push(drafts);
  await drafts.load('u_ada');
  return drafts;
}

const kept = async () => (await database.all('drafts', 'u_ada')).map(({ text }) => text);
const later = () => vi.advanceTimersByTimeAsync(250);

beforeEach(() => {
  vi.useFakeTimers();
  database = openVolatile();
  tabs = [];
});

afterEach(() => {
  vi.useRealTimers();
});

describe('of one tab', () => {
  test('what became a message does not come back', async () => {
    const drafts = await tab();
    drafts.set('tea', 'hello');
    drafts.take('tea');
    await later();
    expect(drafts.get('tea')).toBe('');
    expect(await kept()).toEqual([]);
  });

  test('what is typed while a message is being kept is a draft of its own', async () => {
    const drafts = await tab();
    drafts.set('tea', 'hello');
    drafts.take('tea');
    drafts.set('tea', 'and');
    await later();
    expect(await kept()).toEqual(['and']);
  });

  test('what could not be kept is tried again', async () => {
    const drafts = await tab();
    const { put } = database;
    database.put = async () => {
      throw new Error('disk full');
    };
    drafts.set('tea', 'precious');
    await later();
    database.put = put;
    await drafts.save();
    expect(await kept()).toEqual(['precious']);
  });

  test('those worth keeping are counted', async () => {
    const drafts = await tab();
    drafts.set('tea', 'hello');
    drafts.set('cake', ' \n');
    expect(drafts.count()).toBe(1);
  });
});

describe('of several tabs', () => {
  test('all show the same', async () => {
    const [one, two] = [await tab(), await tab()];
    const heard = vi.fn();
    two.subscribe(heard);
    one.set('tea', 'hello');
    await later();
    expect(two.get('tea')).toBe('hello');
    expect(heard).toHaveBeenCalled();
    two.set('tea', 'hello there');
    await later();
    expect(one.get('tea')).toBe('hello there');
  });

  test('what one sends leaves the other’s box too', async () => {
    const [one, two] = [await tab(), await tab()];
    one.set('tea', 'hello');
    await later();
    two.take('tea');
    expect(one.get('tea')).toBe('hello');
    two.taken('tea');
    expect(one.get('tea')).toBe('');
    await later();
    expect(one.get('tea')).toBe('');
  });

  test('an emptied box takes nothing that another holds', async () => {
    const [one, two] = [await tab(), await tab()];
    one.set('tea', 'a');
    await later();
    two.set('tea', 'something of its own');
    one.set('tea', '');
    await one.save();
    expect(two.get('tea')).toBe('something of its own');
    await later();
    expect(await kept()).toEqual(['something of its own']);
  });

  test('what differs in two boxes stays in both', async () => {
    const [one, two] = [await tab(), await tab()];
    one.set('tea', 'this');
    two.set('tea', 'that');
    await one.save();
    await two.save();
    expect([one.get('tea'), two.get('tea')]).toEqual(['this', 'that']);
  });
});
