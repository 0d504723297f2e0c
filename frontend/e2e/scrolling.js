/** @import {Locator, Page, Route} from '@playwright/test' */

/** @param {Locator} list @param {number} pixels */
export const scrollBy = (list, pixels) =>
  list.evaluate((list, pixels) => list.scrollBy(0, pixels), pixels);

/** Nothing moves or grows any more for three frames. @param {Locator} list */
export const settled = (list) =>
  list.evaluate(
    (list) =>
      new Promise((resolve) => {
        let before = '';
        let calm = 0;
        const look = () => {
          const now = `${list.scrollTop} ${list.scrollHeight} ${list.clientHeight}`;
          calm = now === before ? calm + 1 : 0;
          before = now;
          if (calm === 3) resolve(undefined);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );

/**
 * Measures something in every frame that is painted, when all that can move is
 * in its place: after the page has heard of the sizes of its rows, which is the
 * last thing before it is painted.
 * @param {Locator} list
 * @param {'anchor' | 'end'} what how far the message in the middle is from its
 *   place, or how far the end of the list is from the lower edge
 */
async function watchFrames(list, what) {
  const watch = await list.evaluateHandle((list, what) => {
    const middle = list.getBoundingClientRect().top + list.clientHeight / 2;
    const row = /** @type {Element} */ (
      [...list.querySelectorAll('article')].find(
        (article) => article.getBoundingClientRect().bottom > middle,
      )
    );
    const text = row.textContent;
    // The row may be drawn anew: it is found by what it says.
    const place = () =>
      [...list.querySelectorAll('article')]
        .find((article) => article.textContent === text)
        ?.getBoundingClientRect().top ?? Infinity;
    const start = place();
    const measure = () =>
      what === 'anchor'
        ? Math.abs(place() - start)
        : list.scrollHeight - list.scrollTop - list.clientHeight;

    const state = { worst: 0, frames: 0, stop: false };
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.cssText = 'position: fixed; visibility: hidden; width: 0; height: 0';
    // Made after the one of the list, it is asked after it.
    const observer = new ResizeObserver(() => {
      state.worst = Math.max(state.worst, measure());
      state.frames += 1;
    });
    observer.observe(probe);
    const next = () => {
      if (state.stop) return observer.disconnect();
      probe.style.width = probe.style.width === '1px' ? '2px' : '1px';
      return requestAnimationFrame(next);
    };
    next();
    return state;
  }, what);
  return () =>
    watch.evaluate((state) => {
      state.stop = true;
      return { worst: state.worst, frames: state.frames };
    });
}

/**
 * Holds a message in the middle of the window to its place in every painted frame.
 * @param {Locator} list
 */
export async function anchorAt(list) {
  const stop = await watchFrames(list, 'anchor');
  return {
    /** Stops, and says how many pixels it was away from its place at worst. */
    async moved() {
      const { worst, frames } = await stop();
      return { moved: worst, frames };
    },
  };
}

/**
 * Holds the end of the list to the lower edge in every painted frame.
 * @param {Locator} list
 */
export async function heldAtEnd(list) {
  const stop = await watchFrames(list, 'end');
  return {
    /** Stops, and says how far away it was at worst. */
    async worst() {
      const { worst, frames } = await stop();
      return { gap: worst, frames };
    },
  };
}

/**
 * The person pays for what is sent, so nothing is read before it is asked for.
 * @param {Page} page before it has loaded
 */
export const sparing = (page) =>
  page.addInitScript(() =>
    Object.defineProperty(navigator, 'connection', { value: { saveData: true } }),
  );

/** Keeps every page of older events back until it is released. @param {Page} page */
export async function holdOlder(page) {
  /** @type {Route[]} */
  const held = [];
  let asked = 0;
  await page.route(/\/events\?before=/, (route) => {
    asked += 1;
    held.push(route);
  });
  return {
    count: () => asked,
    release: () => Promise.all(held.splice(0).map((route) => route.continue())),
  };
}
