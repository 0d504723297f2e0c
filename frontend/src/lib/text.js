const encoder = new TextEncoder();

/** How much the server counts. @param {string} text */
export function byteLength(text) {
  return encoder.encode(text).length;
}

/** Whether nothing in it can be seen: white space, and what Unicode draws as nothing. @param {string} text */
export function isBlank(text) {
  return /^[\s\p{Default_Ignorable_Code_Point}]*$/u.test(text);
}

/** Whether it is one to three emoji and nothing else. @param {string} text */
export function isBigEmoji(text) {
  if (text.length > 60 || !/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(text))
    return false;
  const parts = graphemes(text.replace(/\s/g, ''));
  return (
    parts.length <= 3 &&
    parts.every((part) => /\p{Emoji_Presentation}|\p{Extended_Pictographic}/u.test(part))
  );
}

/** What a reader sees as characters. @param {string} text @returns {string[]} */
export function graphemes(text) {
  if (!('Segmenter' in Intl)) return [...text];
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/** The beginning of a text that is too long for where it stands. @param {string} text @param {number} count of code points */
export function clip(text, count) {
  const letters = [...text];
  return letters.length > count ? `${letters.slice(0, count).join('').trimEnd()}…` : text;
}

/** The letter that stands for a name. @param {string} name */
export const initial = (name) => (graphemes(name.trim())[0] ?? '?').toLocaleUpperCase();

/** A number from 0 to `count` - 1, always the same for the same text. @param {string} text @param {number} count */
export function bucket(text, count) {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (hash * 31 + text.charCodeAt(i)) >>> 0;
  return hash % count;
}
