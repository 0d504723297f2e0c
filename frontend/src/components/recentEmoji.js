import { memory } from '../lib/memory.js';

const REMEMBERED = 'teahouse.emoji';
const MOST = 24;

/** What people use most, until this device knows better. */
const usual = ['👍', '❤️', '😂', '🎉', '👀', '🙏', '🍵', '✅'];

/** What was used on this device, the latest first, and then what is usual. @param {number} count */
export function recentEmoji(count) {
  const used = (memory.getItem(REMEMBERED) ?? '').split(' ').filter(Boolean);
  return [...new Set([...used, ...usual])].slice(0, count);
}

/** @param {string} emoji */
export function rememberEmoji(emoji) {
  const rest = recentEmoji(MOST).filter((other) => other !== emoji);
  memory.setItem(REMEMBERED, [emoji, ...rest].slice(0, MOST).join(' '));
}
