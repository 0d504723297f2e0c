const QUIET = '/favicon.svg';
const UNREAD = '/favicon-unread.svg';

/** @typedef {{setAppBadge?: (count: number) => Promise<void>, clearAppBadge?: () => Promise<void>}} Badged */

/** Shows on the tab's icon, and on that of the installed app, that there is something to read. @param {number} unread */
export function showUnread(unread) {
  const wanted = unread > 0 ? UNREAD : QUIET;
  const icon = document.querySelector("link[rel='icon']");
  if (icon && icon.getAttribute('href') !== wanted) icon.setAttribute('href', wanted);
  const app = /** @type {Badged} */ (navigator);
  const done = unread > 0 ? app.setAppBadge?.(unread) : app.clearAppBadge?.();
  done?.catch(() => {}); // the system has no place for it
}
