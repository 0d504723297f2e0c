/** @import {CDPSession, Page} from '@playwright/test' */

/**
 * A program of somebody else's that talks in a room without end.
 * @param {Page} page any page of the server, signed in
 * @param {string} room
 */
export async function talkOn(page, room) {
  const talker = await page.evaluateHandle(async (room) => {
    const address = Object.assign(new URL('/ws', location.href), { protocol: 'ws:' });
    const socket = new WebSocket(address, 'teahouse.v1');
    await new Promise((resolve, reject) => {
      socket.addEventListener('message', resolve, { once: true });
      socket.addEventListener('error', reject, { once: true });
    });
    let sent = 0;
    let answered = 0;
    let refused = '';
    let watching = () => {};
    socket.addEventListener('message', ({ data }) => {
      const { op } = JSON.parse(data);
      if (op === 'error') refused = data;
      if (op === 'ok') answered += 1;
      watching();
    });
    /** @param {string} body */
    const say = (body) => {
      sent += 1;
      socket.send(JSON.stringify({ op: 'send', id: crypto.randomUUID(), room, body }));
    };
    /** @type {ReturnType<typeof setInterval> | undefined} */
    let timer;
    return {
      say,
      /** All that was said is answered. */
      heard: () =>
        new Promise((resolve, reject) => {
          watching = () => {
            if (refused) reject(new Error(refused));
            else if (answered === sent) resolve(sent);
          };
          watching();
        }),
      /** @param {number} perSecond @param {(nth: number) => string} bodyOf */
      start(perSecond, bodyOf) {
        const from = performance.now();
        let said = 0;
        timer = setInterval(() => {
          const due = ((performance.now() - from) * perSecond) / 1_000;
          while (said < due) say(bodyOf((said += 1)));
        }, 5);
      },
      stop: () => clearInterval(timer),
    };
  }, room);
  return {
    /** Says all of it, and hears it answered. @param {string[]} bodies */
    all: (bodies) =>
      talker.evaluate(async (talker, bodies) => {
        for (const body of bodies) talker.say(body);
        await talker.heard();
      }, bodies),

    /** So many each second from now on; `{n}` counts them. @param {number} perSecond @param {string} text */
    start: (perSecond, text) =>
      talker.evaluate(
        (talker, { perSecond, text }) =>
          talker.start(perSecond, (nth) => text.replace('{n}', String(nth))),
        { perSecond, text },
      ),

    /** @returns {Promise<number>} how many messages it has said in all */
    stop: () =>
      talker.evaluate((talker) => {
        talker.stop();
        return /** @type {Promise<number>} */ (talker.heard());
      }),
  };
}

/**
 * Watches what happens in the page between a key and the frame that shows it.
 * @param {Page} page
 */
export async function watchPace(page) {
  const watch = await page.evaluateHandle(() => {
    /** @type {Map<number, number>} what the browser itself says of each interaction, from 16 ms on */
    const interactions = new Map();
    /** @type {number[]} */
    const tasks = [];
    /** @type {{key: string, took: number}[]} */
    const keys = [];
    const events = new PerformanceObserver((list) => {
      for (const entry of /** @type {any[]} */ (list.getEntries())) {
        if (!entry.interactionId) continue;
        const before = interactions.get(entry.interactionId) ?? 0;
        interactions.set(entry.interactionId, Math.max(before, entry.duration));
      }
    });
    events.observe(/** @type {any} */ ({ type: 'event', durationThreshold: 16 }));
    const long = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    });
    long.observe({ type: 'longtask' });

    /** Runs right after the next frame was handed on to be painted. @param {() => void} then */
    const painted = (then) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port2.onmessage = then;
        port1.postMessage(null);
      });
    const box = () => /** @type {HTMLTextAreaElement} */ (document.querySelector('textarea'));
    document.addEventListener(
      'keydown',
      ({ key, timeStamp }) => {
        const text = box().value;
        /** In the box, or, after Enter, among the messages. */
        const shows = () =>
          key === 'Enter'
            ? [...document.querySelectorAll('[role=log] article')].some((article) =>
                article.textContent?.includes(text),
              )
            : box().value !== text;
        const look = () => {
          if (shows()) painted(() => keys.push({ key, took: performance.now() - timeStamp }));
          else requestAnimationFrame(look);
        };
        queueMicrotask(() => setTimeout(look));
      },
      { capture: true },
    );
    return {
      forget() {
        interactions.clear();
        tasks.length = 0;
        keys.length = 0;
      },
      read: () => ({
        interactions: [...interactions.values()],
        tasks,
        letters: keys.filter(({ key }) => key !== 'Enter').map(({ took }) => took),
        sends: keys.filter(({ key }) => key === 'Enter').map(({ took }) => took),
      }),

      /**
       * Goes to a room and answers how long it took until its messages were painted.
       * @param {string} href
       * @param {string} text that only this room has among its newest messages
       */
      async visit(href, text) {
        const link = /** @type {HTMLElement} */ (document.querySelector(`nav a[href="${href}"]`));
        return new Promise((resolve) => {
          const from = performance.now();
          link.click();
          const look = () => {
            const log = document.querySelector('[role=log]');
            if (location.pathname === href && log?.textContent?.includes(text))
              painted(() => resolve(performance.now() - from));
            else requestAnimationFrame(look);
          };
          look();
        });
      },
    };
  });
  return {
    /** From here on, anew. */
    forget: () => watch.evaluate((watch) => watch.forget()),

    read: () => watch.evaluate((watch) => watch.read()),

    /** @param {string} href @param {string} text @returns {Promise<number>} */
    visit: (href, text) =>
      watch.evaluate(
        (watch, [href, text]) => /** @type {Promise<number>} */ (watch.visit(href, text)),
        [href, text],
      ),
  };
}

/** @typedef {Awaited<ReturnType<typeof watchPace>>} Pace */

/**
 * What the page's scripts hold, in MB, after a collection.
 * @param {CDPSession} session
 */
export async function heapOf(session) {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const used = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  return used / 1e6;
}

/** @param {number[]} values @param {number} share */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
