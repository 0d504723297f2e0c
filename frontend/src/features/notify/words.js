import { clip } from '../../lib/text.js';

/**
 * @import {Translate} from '../../i18n/translate.js'
 * @import {Notice} from '../../platform/notices.js'
 * @import {Arrival} from '../../state/arrivals.js'
 */

const LONGEST = 160;

/** The beginning of a message, in one line. @param {string} text */
export function excerpt(text) {
  return clip(text.replace(/\s+/g, ' ').trim(), LONGEST);
}

/**
 * What to say of a message, or of as many as came to a room that is not open.
 * @param {Arrival} arrival
 * @param {string} name the room's
 * @param {Translate} t
 * @returns {Notice}
 */
export function noticeOf(arrival, name, t) {
  if ('event' in arrival) {
    const { event, room } = arrival;
    const as = event.kind === 'message' ? event.as : undefined;
    const author = as === undefined ? event.user.name : t('messages.as', { name: as });
    return {
      room,
      seq: event.seq,
      full: true,
      title: t('notify.said', { name: author, room: name }),
      body: event.kind === 'card' ? t('notify.card') : excerpt(event.body ?? ''),
    };
  }
  const { room, seq, unread } = arrival;
  return {
    room,
    seq,
    full: false,
    title: t('notify.count', { count: unread, room: name }),
    body: '',
  };
}
