import { isBlank } from '../../lib/text.js';
import { cleanItem, ITEM_LIMIT } from '../../state/todos.js';

/**
 * What a text asks for. `say` is a message as usual; `wrong` says what is amiss.
 * @typedef {{what: 'say', body: string}
 *   | {what: 'panel'}
 *   | {what: 'wish', on: boolean, item: string}
 *   | {what: 'card', text: string}
 *   | {what: 'wrong', why: 'todo.wrong.word' | 'todo.wrong.add' | 'todo.wrong.done' | 'todo.wrong.long'}} Command
 */

const command = /^\/(todo|card)(?=\s|$)\s*([\s\S]*)$/;
const spelled = /^\/\/(?:todo|card)(?=\s|$)/;

/**
 * Reads commands that are typed. With a second stroke before it, a command is
 * said rather than done.
 * @param {string} text
 * @returns {Command}
 */
export function readCommand(text) {
  if (spelled.test(text)) return { what: 'say', body: text.slice(1) };
  const found = command.exec(text);
  if (!found) return { what: 'say', body: text };
  const [, name, rest] = found;
  if (name === 'card') return { what: 'card', text: rest };
  if (isBlank(rest)) return { what: 'panel' };
  const [, word, given] = /** @type {RegExpExecArray} */ (/^(\S+)([\s\S]*)$/.exec(rest));
  if (word !== 'add' && word !== 'done') return { what: 'wrong', why: 'todo.wrong.word' };
  const item = cleanItem(given);
  if (isBlank(item)) return { what: 'wrong', why: `todo.wrong.${word}` };
  if ([...item].length > ITEM_LIMIT) return { what: 'wrong', why: 'todo.wrong.long' };
  return { what: 'wish', on: word === 'add', item };
}

/** Which command a draft begins with, to say how it goes on. @param {string} text @returns {'todo' | 'card' | null} */
export function hintFor(text) {
  const name = /^\/\/?(todo|card)(?=\s|$)/.exec(text)?.[1];
  return name === 'todo' || name === 'card' ? name : null;
}
