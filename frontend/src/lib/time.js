/** @type {Map<string, Intl.DateTimeFormat>} making one takes longer than using it */
const formats = new Map();

/** @param {string} locale @param {Intl.DateTimeFormatOptions} options */
function format(locale, options) {
  const key = locale + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, options)));
  return made;
}

/** The time of day. @param {string} locale @param {number} at */
export const clock = (locale, at) => format(locale, { timeStyle: 'short' }).format(at);

/** Hours and minutes alone, for where the half of the day stands close by. @param {string} locale @param {number} at */
export const shortClock = (locale, at) =>
  format(locale, { timeStyle: 'short' })
    .formatToParts(at)
    .filter(({ type }) => type !== 'dayPeriod')
    .map(({ value }) => value)
    .join('')
    .trim();

/** The time of day where it is today's, else the date. @param {string} locale @param {number} at @param {number} [now] */
export function shortTime(locale, at, now = Date.now()) {
  if (daysAgo(at, now) === 0) return clock(locale, at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(locale, {
    month: 'short',
    day: 'numeric',
    ...(!sameYear && { year: 'numeric' }),
  }).format(at);
}

/** Date and time in full. @param {string} locale @param {number} at */
export const fullTime = (locale, at) =>
  format(locale, { dateStyle: 'full', timeStyle: 'short' }).format(at);

/**
 * How many midnights lie between the two.
 * @param {number} at
 * @param {number} now
 */
export function daysAgo(at, now) {
  const day = (/** @type {number} */ time) => {
    const date = new Date(time);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  };
  return (day(now) - day(at)) / 86_400_000;
}

/** A date as a heading, the year only where it is another. @param {string} locale @param {number} at @param {number} now */
export function dateLine(locale, at, now) {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(locale, {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    ...(!sameYear && { year: 'numeric' }),
  }).format(at);
}
