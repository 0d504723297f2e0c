/**
 * Gives the focus back to where it was before something opened. If that is gone,
 * as what was done took it away, the focus goes to the conversation, so that the
 * next key is not lost. @param {Element | null} before
 */
export function giveBack(before) {
  if (before instanceof HTMLElement && before !== document.body && before.isConnected) {
    before.focus();
  }
  const { activeElement } = document;
  if (activeElement && activeElement !== document.body) return;
  /** @type {HTMLElement | null} */ (document.querySelector('main[tabindex]'))?.focus({
    preventScroll: true,
  });
}
