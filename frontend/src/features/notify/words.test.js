import { expect, test } from 'vitest';
import en from '../../i18n/en.json';
import { createTranslate } from '../../i18n/translate.js';
import { excerpt, noticeOf } from './words.js';

/** @import {EventMessage} from '../../api/protocol.d.ts' */

const t = createTranslate('en', en);

test('an excerpt is one line, and ends between letters', () => {
  expect(excerpt('  two\n\n lines\t here ')).toBe('two lines here');
  expect(excerpt('🍵'.repeat(200))).toBe(`${'🍵'.repeat(160)}…`);
});

test('a message comes with its author, its room and its words', () => {
  const event = /** @type {EventMessage} */ ({
    op: 'event',
    room: 'tea',
    seq: 7,
    kind: 'message',
    id: 'm7',
    user: { id: 'u1', name: 'Bob' },
    at: 0,
    body: 'It is\nready',
  });
  expect(noticeOf({ room: 'tea', event }, 'Tea', t)).toEqual({
    room: 'tea',
    seq: 7,
    full: true,
    title: 'Bob in Tea',
    body: 'It is ready',
  });
});

test('a name that came with a message is told from an account, a table from words', () => {
  const base = { op: 'event', room: 'tea', seq: 7, id: 'm7', user: { id: 'u1', name: 'Guest 4' } };
  /** @param {object} more */
  const notice = (more) =>
    noticeOf({ room: 'tea', event: /** @type {any} */ ({ ...base, at: 0, ...more }) }, 'Tea', t);
  expect(notice({ kind: 'message', as: 'Ada', body: 'x' }).title).toBe('Ada (guest) in Tea');
  expect(notice({ kind: 'card', body: '[{"a":1}]' })).toMatchObject({
    title: 'Guest 4 in Tea',
    body: 'Posted a table',
  });
});

test('of a room that is not open only the number is known', () => {
  const title = (/** @type {number} */ unread) =>
    noticeOf({ room: 'tea', seq: 7, unread }, 'Tea', t).title;
  expect(title(1)).toBe('1 new message in Tea');
  expect(title(3)).toBe('3 new messages in Tea');
});
