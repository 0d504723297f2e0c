/** @type {Map<string, string>} */
const fallback = new Map();

/** @template T @param {() => T} first @param {() => T} otherwise @returns {T} */
function attempt(first, otherwise) {
  try {
    return first();
  } catch {
    return otherwise();
  }
}

/**
 * localStorage, or this page's memory where the browser refuses it (storage
 * switched off, or full): small choices must never break the page.
 * @type {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>}
 */
export const memory = {
  getItem: (key) =>
    attempt(
      () => localStorage.getItem(key),
      () => fallback.get(key) ?? null,
    ),
  setItem: (key, value) =>
    attempt(
      () => localStorage.setItem(key, value),
      () => void fallback.set(key, value),
    ),
  removeItem: (key) =>
    attempt(
      () => localStorage.removeItem(key),
      () => void fallback.delete(key),
    ),
};
