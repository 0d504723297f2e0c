import { Dialog } from '../../components/Dialog.jsx';
import { Keys } from '../../components/Keys.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import css from './KeyHelp.module.css';

/** @import {Word} from '../../i18n/later/useWords.js' */

/** @type {[Word, [Word, string[]][]][]} what is done, and with which keys; alternatives stand apart with '/' */
const groups = [
  [
    'keys.everywhere',
    [
      ['keys.jump', ['Mod', 'K']],
      ['keys.rooms', ['Alt', '↑', '↓']],
      ['keys.unread', ['Alt', 'Shift', '↑', '↓']],
      ['keys.escape', ['Esc']],
      ['keys.help', ['Mod', '/']],
    ],
  ],
  [
    'keys.writing',
    [
      ['keys.send', ['Enter']],
      ['keys.break', ['Shift', 'Enter']],
      ['keys.last', ['↑']],
      ['keys.cancel', ['Esc']],
    ],
  ],
  [
    'keys.messages',
    [
      ['keys.walk', ['↑', '↓']],
      ['keys.ends', ['Home', 'End']],
      ['keys.edit', ['E']],
      ['keys.react', ['R']],
      ['keys.copy', ['C']],
      ['keys.delete', ['Delete']],
      ['keys.back', ['Esc']],
    ],
  ],
];

/** @type {[Word, string][]} what it makes, and how it is written */
const marks = [
  ['keys.bold', '**…**'],
  ['keys.italic', '*…*'],
  ['keys.struck', '~~…~~'],
  ['keys.code', '`…`'],
  ['keys.block', '```'],
  ['keys.quote', '> …'],
  ['keys.list', '- …'],
];

/** @type {[Word, string][]} what is done, and what is typed for it */
const commands = [
  ['keys.todo', '/todo'],
  ['keys.todo.add', '/todo add …'],
  ['keys.todo.done', '/todo done …'],
  ['keys.card', '/card'],
  ['keys.literal', '//todo …'],
];

/** Everything that keys do, and how text is given a form. @param {{onClose: () => void}} props */
export function KeyHelp({ onClose }) {
  const { t } = useLocale();
  const say = useWords();
  return (
    <Dialog title={t('keys.title')} look="wide" onClose={onClose}>
      <div className={css.help}>
        {groups.map(([title, rows]) => (
          <section key={title} className={css.group}>
            <h3>{say(title)}</h3>
            <dl>
              {rows.map(([what, keys]) => (
                <div key={what} className={css.row}>
                  <dt>{say(what)}</dt>
                  <dd>
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <Written title={say('keys.forms')} rows={marks} />
        <Written title={say('keys.commands')} rows={commands} />
      </div>
    </Dialog>
  );
}

/** What is written, and what it does. @param {{title: string, rows: [Word, string][]}} props */
function Written({ title, rows }) {
  const say = useWords();
  return (
    <section className={css.group}>
      <h3>{title}</h3>
      <dl>
        {rows.map(([what, written]) => (
          <div key={what} className={css.row}>
            <dt>{say(what)}</dt>
            <dd>
              <code>{written}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
