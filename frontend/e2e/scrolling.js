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
 * Holds a message in the middle of the window to its place: after every frame
 * that was painted, looks where it is.
 * @param {Locator} list
 */
export async function anchorAt(list) {
  const watch = await list.evaluateHandle((list) => {
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
        ?.getBoundingClientRect().top;
    const start = /** @type {number} */ (place());
    const state = { moved: 0, frames: 0, stop: false };
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => {
      const away = Math.abs((place() ?? Infinity) - start);
      state.moved = Math.max(state.moved, away);
      state.frames += 1;
      if (!state.stop) requestAnimationFrame(() => port1.postMessage(null));
    };
    port1.postMessage(null);
    return state;
  });
  return {
    /** Stops, and says how many pixels it was away from its place at worst. */
    moved: () =>
      watch.evaluate((state) => {
        state.stop = true;
        return { moved: state.moved, frames: state.frames };
      }),
  };
}

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
