/**
 * What a notification says of a room, up to which of its events. `full`: with
 * the words of the last message, not only how many there are.
 * @typedef {{room: string, seq: number, full: boolean, title: string, body: string}} Notice
 *
 * @typedef {'unavailable' | NotificationPermission} Permission
 */

const SEEN = 'teahouse.seen';
const ICON = '/icons/icon-192.png';

/**
 * Whether this tells more than what is shown of the same room already.
 * @param {Pick<Notice, 'seq' | 'full'>} notice
 * @param {Pick<Notice, 'seq' | 'full'> | undefined} shown
 */
export const tellsMore = (notice, shown) =>
  !shown || notice.seq > shown.seq || (notice.seq === shown.seq && notice.full && !shown.full);

/**
 * The notifications of all tabs of this browser: one for each room, and none
 * while any tab is in sight.
 * @param {{
 *   container?: ServiceWorkerContainer,
 *   locks?: LockManager,
 *   page?: Document,
 *   api?: typeof Notification,
 * }} options what the browser has of it
 */
export function createNotices({ container, locks, page = document, api }) {
  /** @type {Map<string, Notification>} those of this page, where no worker can show them */
  const own = new Map();
  /** @type {Set<(room: string) => void>} */
  const openers = new Set();

  /** @param {string} room */
  const open = (room) => openers.forEach((opener) => opener(room));

  container?.addEventListener('message', ({ data }) => data.op === 'open' && open(data.room));

  /** Tells the other tabs for as long as this one is in sight. */
  let release = () => {};
  function look() {
    release();
    if (page.visibilityState !== 'visible') return;
    /** @type {Promise<void>} */
    const gone = new Promise((resolve) => {
      release = resolve;
    });
    void locks?.request(SEEN, { mode: 'shared' }, () => gone);
  }
  page.addEventListener('visibilitychange', look);
  look();

  async function inSight() {
    if (page.visibilityState === 'visible') return true;
    const { held = [] } = (await locks?.query()) ?? {};
    return held.some(({ name }) => name === SEEN);
  }

  /** Whoever can show notifications for all tabs. */
  async function worker() {
    const registration = await container?.getRegistration();
    return registration?.active ? registration : undefined;
  }

  const all = async () => [
    ...((await (await worker())?.getNotifications()) ?? []),
    ...own.values(),
  ];

  /** @param {Notice} notice @returns {Promise<boolean>} whether it showed */
  async function show({ title, body, room, seq, full }) {
    if (!api || api.permission !== 'granted' || (await inSight())) return false;
    const shown = (await all()).find(({ tag }) => tag === room);
    if (!tellsMore({ seq, full }, shown?.data)) return false;
    // Its sound is ours, where one is wanted: the system's cannot be told to be quiet later.
    const options = { body, tag: room, icon: ICON, silent: true, data: { seq, full } };
    const registration = await worker();
    if (registration) {
      await registration.showNotification(title, options);
      return true;
    }
    const notification = new api(title, options);
    own.set(room, notification);
    notification.addEventListener('close', () => own.delete(room));
    notification.addEventListener('click', () => {
      notification.close();
      window.focus();
      open(room);
    });
    return true;
  }

  return {
    /** @returns {Permission} */
    permission: () => (api && locks ? api.permission : 'unavailable'),

    /** Only after a click: nobody likes to be asked before. @returns {Promise<Permission>} */
    ask: async () => (api && locks ? api.requestPermission() : 'unavailable'),

    /**
     * Shows it, unless a tab is in sight or another tab was first. Whatever
     * goes wrong is worth less than a message.
     * @param {Notice} notice
     */
    async show(notice) {
      try {
        return (await locks?.request('teahouse.notices', () => show(notice))) ?? false;
      } catch {
        return false;
      }
    },

    /** Takes away those of rooms that were read. @param {(room: string) => boolean} wasRead */
    async close(wasRead) {
      for (const notification of await all().catch(() => [])) {
        if (wasRead(notification.tag)) notification.close();
      }
    },

    /** Hears which room a notification was clicked for. @param {(room: string) => void} opener */
    onOpen(opener) {
      openers.add(opener);
      return () => {
        openers.delete(opener);
      };
    },
  };
}

/** This browser's own. */
export const notices = createNotices({
  container: navigator.serviceWorker,
  locks: navigator.locks,
  api: globalThis.Notification,
});
