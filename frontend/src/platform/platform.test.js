import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { showUnread } from './badge.js';
import { createNotices, tellsMore } from './notices.js';
import { workerURL } from './trusted.js';
import { createUpdates } from './updates.js';

test('only the worker gets its address from code', () => {
  expect(workerURL()).toBe('/sw.js');
});

test('the icon of the page says that there is something to read', () => {
  document.head.innerHTML = '<link rel="icon" href="/favicon.svg" />';
  const icon = () => document.querySelector("link[rel='icon']")?.getAttribute('href');
  showUnread(3);
  expect(icon()).toBe('/favicon-unread.svg');
  showUnread(0);
  expect(icon()).toBe('/favicon.svg');
});

describe('notices', () => {
  test('what is later tells more; of the same message, its words', () => {
    const count = { seq: 4, full: false };
    const words = { seq: 4, full: true };
    expect(tellsMore(count, undefined)).toBe(true);
    expect(tellsMore(words, count)).toBe(true);
    expect(tellsMore(count, words)).toBe(false);
    expect(tellsMore(words, words)).toBe(false);
    expect(tellsMore({ seq: 5, full: false }, words)).toBe(true);
    expect(tellsMore({ seq: 3, full: true }, count)).toBe(false);
  });

  test('where the browser has none, nothing happens', async () => {
    const notices = createNotices({});
    expect(notices.permission()).toBe('unavailable');
    expect(await notices.ask()).toBe('unavailable');
    const notice = { room: 'tea', seq: 1, full: true, title: 'Bob', body: 'hello' };
    expect(await notices.show(notice)).toBe(false);
    await notices.close(() => true);
  });
});

describe('updates', () => {
  /** A browser with a worker; `next` lets a newer one wait. @param {{controlled?: boolean}} [options] */
  function browser({ controlled = true } = {}) {
    const active = Object.assign(new EventTarget(), { state: 'activated', postMessage: vi.fn() });
    const registration = Object.assign(new EventTarget(), {
      active,
      waiting: /** @type {any} */ (null),
      installing: /** @type {any} */ (null),
      update: vi.fn(async () => {}),
    });
    const container = Object.assign(new EventTarget(), {
      controller: controlled ? active : null,
      ready: Promise.resolve(registration),
      register: vi.fn(async () => registration),
    });
    /** @type {string[]} */
    const done = [];
    let time = 0;
    const updates = createUpdates({
      container: /** @type {any} */ (container),
      reload: () => done.push('reloaded'),
      now: () => time,
    });
    return {
      updates,
      container,
      registration,
      done,
      page: {
        save: async () => void done.push('saved'),
        safe: () => true,
      },
      pass: (/** @type {number} */ ms) => (time += ms),
      next() {
        const worker = Object.assign(new EventTarget(), {
          state: 'installing',
          postMessage: vi.fn(),
        });
        registration.installing = worker;
        registration.dispatchEvent(new Event('updatefound'));
        worker.state = 'installed';
        registration.waiting = worker;
        worker.dispatchEvent(new Event('statechange'));
        return worker;
      },
      take: () => container.dispatchEvent(new Event('controllerchange')),
    };
  }

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** @param {ReturnType<typeof browser>} one */
  async function started(one) {
    const starting = one.updates.start(one.page);
    await vi.advanceTimersByTimeAsync(2_000);
    await starting;
    return one;
  }

  test('a newer version waits until it is wanted; then everything is saved before the page goes', async () => {
    const one = await started(browser());
    expect(one.updates.get()).toBe('current');
    const worker = one.next();
    expect(one.updates.get()).toBe('ready');
    expect(worker.postMessage).not.toHaveBeenCalled();
    one.updates.use();
    expect(worker.postMessage).toHaveBeenCalledWith({ op: 'activate' });
    expect(one.done).toEqual([]);
    one.take();
    await vi.advanceTimersByTimeAsync(0);
    expect(one.done).toEqual(['saved', 'reloaded']);
  });

  test('a page that somebody looks at is not taken away when another tab takes the version', async () => {
    const one = await started(browser());
    one.take();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(one.updates.get()).toBe('taken');
    expect(one.done).toEqual([]);
    one.updates.use();
    await vi.advanceTimersByTimeAsync(0);
    expect(one.done).toEqual(['saved', 'reloaded']);
  });

  test('a hidden page goes along, unless something could be lost', async () => {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    const one = await started(browser());
    one.take();
    await vi.advanceTimersByTimeAsync(0);
    expect(one.done).toEqual(['saved', 'reloaded']);

    const two = browser();
    two.page.safe = () => false;
    await started(two);
    two.take();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(two.done).toEqual([]);
  });

  test('what cannot be saved keeps the page', async () => {
    const one = browser();
    one.page.save = async () => {
      throw new Error('the disk is full');
    };
    await started(one);
    one.next();
    one.updates.use();
    one.take();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(one.done).toEqual([]);
    expect(one.updates.get()).toBe('taken');
  });

  test('the first worker of a browser is no news', async () => {
    const one = await started(browser({ controlled: false }));
    one.take();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(one.updates.get()).toBe('current');
    expect(one.done).toEqual([]);
  });

  test('a worker that never takes over holds up nobody', async () => {
    const one = await started(browser());
    one.next();
    one.updates.use();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(one.done).toEqual(['saved', 'reloaded']);
  });

  test('the server is asked again, but not all the time', async () => {
    const one = await started(browser());
    one.updates.ask();
    expect(one.registration.update).toHaveBeenCalledTimes(0);
    one.pass(61_000);
    one.updates.ask();
    one.updates.ask();
    expect(one.registration.update).toHaveBeenCalledTimes(1);
  });

  test('where a part is missing the newer version is looked for at once', async () => {
    const one = await started(browser());
    one.updates.torn();
    expect(one.updates.get()).toBe('torn');
    expect(one.registration.update).toHaveBeenCalledTimes(1);
    one.next();
    expect(one.updates.get()).toBe('ready');
  });

  test('without service workers it does nothing, and says when a part is missing', async () => {
    const updates = createUpdates({ container: undefined, reload: () => {} });
    await updates.start({ save: async () => {}, safe: () => true });
    updates.ask();
    const heard = vi.fn();
    const end = updates.subscribe(heard);
    updates.torn();
    expect(updates.get()).toBe('torn');
    expect(heard).toHaveBeenCalledTimes(1);
    end();
  });
});
