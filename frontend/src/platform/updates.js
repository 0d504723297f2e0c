import { workerURL } from './trusted.js';

/**
 * What became of the version this page runs.
 * `ready`: a newer one waits; `taken`: another tab already uses it;
 * `torn`: the server has another one, and a part of this one is missing.
 * @typedef {'current' | 'ready' | 'taken' | 'torn'} Version
 */

/** The server is asked for a newer version at most this often. */
const ASK_EVERY = 60_000;
const ASK_AT_LEAST_EVERY = 3_600_000;

/** A worker that does not take over in this time does not hold up anybody. */
const PATIENCE = 4_000;

/** The page comes first. @type {(work: () => void) => void} */
const whenIdle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 500));
const idle = () => new Promise((resolve) => whenIdle(() => resolve(null)));

/** The build this page was loaded with; the worker calls its cache like this. */
const build = () => document.querySelector("meta[name='teahouse-build']")?.getAttribute('content');

/**
 * Keeps the client of this browser up to date, without ever taking a page away
 * from somebody who is writing.
 * @param {{
 *   container: ServiceWorkerContainer | undefined,
 *   locks?: LockManager,
 *   reload: () => void,
 *   now?: () => number,
 * }} options `container` is missing where browsers do not trust the address
 */
export function createUpdates({ container, locks, reload, now = Date.now }) {
  /** @type {Version} */
  let version = 'current';
  /** @type {ServiceWorkerRegistration | null} */
  let registration = null;
  let controlled = Boolean(container?.controller);
  let wanted = false;
  let askedAt = now();
  let save = async () => {};
  let safe = () => true;
  /** @type {Set<() => void>} */
  const listeners = new Set();

  /** @param {Version} next */
  function become(next) {
    version = next;
    for (const listener of listeners) listener();
  }

  /** Everything that was typed is on the disk before the page goes; else it stays. */
  async function leave() {
    try {
      await save();
      reload();
    } catch {
      wanted = false;
      become('taken');
    }
  }

  /** @param {ServiceWorkerRegistration} found */
  function watch(found) {
    /** @param {ServiceWorker | null} worker */
    function follow(worker) {
      const look = () => {
        if (worker?.state === 'installed' && found.active && version !== 'taken') become('ready');
      };
      worker?.addEventListener('statechange', look);
      look();
    }
    follow(found.waiting);
    follow(found.installing);
    found.addEventListener('updatefound', () => follow(found.installing));
  }

  async function register() {
    if (!container) return;
    const id = build();
    // The worker keeps the files of a build for as long as a page holds this.
    void locks?.request(`teahouse:${id}`, { mode: 'shared' }, () => new Promise(() => {}));
    try {
      await idle();
      registration = await container.register(workerURL(), { updateViaCache: 'none' });
      watch(registration);
      const { active } = await container.ready;
      await idle();
      active?.postMessage({ op: 'idle' });
    } catch {
      // No room on the disk, or the server is away: the page works without it.
    }
  }

  /** Another worker looks after this page: it was asked to here, or in another tab. */
  function taken() {
    const first = !controlled;
    controlled = true;
    if (wanted) return void leave();
    if (first) return undefined;
    become('taken');
    if (document.visibilityState === 'hidden' && safe()) void leave();
    return undefined;
  }

  return {
    get: () => version,

    /** @param {() => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },

    /**
     * `save` puts on the disk what was typed; `safe` says whether all of it can
     * be kept there.
     * @param {{save: () => Promise<void>, safe: () => boolean}} page
     */
    start(page) {
      ({ save, safe } = page);
      container?.addEventListener('controllerchange', taken);
      setInterval(() => this.ask(), ASK_AT_LEAST_EVERY);
      return register();
    },

    /** Whether there is a newer version: the server may just have come back with one. */
    ask() {
      if (!registration || now() - askedAt < ASK_EVERY) return;
      askedAt = now();
      registration.update().catch(() => {}); // the server is away; another time
    },

    /** A part of the page could not be loaded, from a server that is there. */
    torn() {
      become('torn');
      askedAt = -Infinity; // the server has another version: that is what is needed now
      this.ask();
    },

    /** Loads the newer version. */
    use() {
      if (wanted) return;
      wanted = true;
      const waiting = registration?.waiting;
      if (!waiting) return void leave();
      waiting.postMessage({ op: 'activate' });
      setTimeout(() => void (wanted && leave()), PATIENCE);
    },
  };
}

/** This page's own. */
export const updates = createUpdates({
  container: navigator.serviceWorker,
  locks: navigator.locks,
  reload: () => location.reload(),
});
