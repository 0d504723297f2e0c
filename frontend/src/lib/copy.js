/**
 * Puts a text where pasting finds it. By a selection, which needs no secure
 * context; it is made inside an open window, as nothing outside one can be selected.
 * @param {string} text
 * @returns {boolean} whether it is there now
 */
export function copy(text) {
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'visually-hidden';
  area.style.whiteSpace = 'pre'; // else runs of blanks would be copied as one
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    area.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
