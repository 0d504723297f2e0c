import { useEffect, useId, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { composes } from '../../components/keys.js';
import { Icon } from '../../components/Icon.jsx';
import { later } from '../../components/Later.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { byteLength, clip, isBlank } from '../../lib/text.js';
import { editKey, formKey } from '../../state/drafts.js';
import { isSend } from '../../state/queue.js';
import { entriesOf, lastOwn } from '../../state/selectors.js';
import { useClient, useStore } from '../../state/store.js';
import { hintFor, readCommand } from './commands.js';
import { EditBar } from './EditBar.jsx';
import { EmojiButton } from './EmojiButton.jsx';
import css from './Composer.module.css';

/**
 * @import {Key} from '../../i18n/translate.js'
 * @import {Room} from '../../state/rooms.js'
 */

const DeleteEdited = later(async () => (await import('./DeleteEdited.jsx')).DeleteEdited);

/** What is longer is not repeated in full. */
const LONGEST = 80;

/** From here on the bytes left are told. */
const NEAR = 1_000;

/**
 * Where messages are written, and one's own are changed. Whatever the
 * connection does, writing goes on.
 * @param {{room: Room, onTodo: () => void, onCard: () => void}} props `onTodo` shows the
 *   room's list, `onCard` where tables are written
 */
export function Composer({ room, onTodo, onCard }) {
  const { t } = useLocale();
  const client = useClient();
  const limit = useStore((state) => state.limits.body);
  const durable = useStore((state) => state.durable);
  const { editing } = room;
  const key = editing === null ? room.id : editKey(room.id, editing);
  const text = useSyncExternalStore(client.drafts.subscribe, () => client.drafts.get(key));
  const [failed, setFailed] = useState(false);
  /** What came of a command: why it was not understood, or what it did. */
  const [said, setSaid] = useState(/** @type {{wrong: boolean, words: string} | null} */ (null));
  /** The emptied message of which it is asked whether it should go. */
  const [asking, setAsking] = useState(/** @type {string | null} */ (null));
  /** @type {import('react').RefObject<HTMLTextAreaElement | null>} */
  const box = useRef(null);
  const note = useId();

  const left = limit - byteLength(text);

  // Browsers without field-sizing get the height by hand.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || CSS.supports('field-sizing', 'content')) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight + 2}px`;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the text makes the height
  }, [text]);

  // On a phone the keyboard would cover what one came to read.
  useEffect(() => {
    const element = box.current;
    if (!element || !matchMedia('(hover: hover)').matches) return;
    element.focus({ preventScroll: true });
    // What was begun is gone on with at its end.
    element.setSelectionRange(element.value.length, element.value.length);
  }, []);

  // Whoever asked to change a message goes on here, at the end of its text. What
  // ended elsewhere takes nobody away from where they are.
  const before = useRef(editing);
  useEffect(() => {
    if (before.current === editing) return;
    before.current = editing;
    setFailed(false);
    setSaid(null);
    const element = box.current;
    const { activeElement, body } = document;
    const free = activeElement === body || element?.form?.contains(activeElement);
    if (!element || (editing === null && !free)) return;
    element.focus({ preventScroll: true });
    element.setSelectionRange(element.value.length, element.value.length);
  }, [editing]);

  /** @param {string} next */
  function change(next) {
    setFailed(false);
    setSaid(null);
    client.drafts.set(key, next);
    const tells = editing === null && !isBlank(next) && hintFor(next) === null;
    if (tells) client.typing(room.id);
  }

  /** Where the caret is, in place of what is selected. @param {string} emoji */
  function insert(emoji) {
    const element = box.current;
    if (!element) return;
    element.focus({ preventScroll: true });
    element.setRangeText(emoji, element.selectionStart, element.selectionEnd, 'end');
    change(element.value);
  }

  /** What one wrote last here, on its way or there. @returns {string | undefined} */
  function newest() {
    const { me, outbox } = client.store.get();
    const entries = entriesOf(outbox, room.id);
    const leaving = new Set(entries.filter(({ op }) => op === 'delete').map((one) => one.target));
    const waiting = entries.findLast((one) => isSend(one) && !leaving.has(one.id));
    return waiting?.id ?? lastOwn(room, me, entries)?.id;
  }

  async function submit() {
    box.current?.focus();
    if (left < 0) return;
    if (isBlank(text)) {
      setAsking(editing);
      return;
    }
    setFailed(false);
    try {
      await (editing === null ? obey() : client.edit(room.id, editing, text));
    } catch {
      setFailed(true);
    }
  }

  /** Says what was written, or does what it asks for. */
  async function obey() {
    const command = readCommand(text);
    if (command.what === 'say') return client.send(room.id, command.body);
    if (command.what === 'wrong') return refuse(command.why);
    if (command.what === 'wish') {
      const { item, on } = command;
      if (!on && client.list.lacks(room.id, item)) return refuse('todo.wrong.none');
      await client.list.wish(room.id, item, on, room.id);
      const key = on ? 'todo.said.added' : 'todo.said.done';
      setSaid({ wrong: false, words: t(key, { item: clip(item, LONGEST) }) });
      return undefined;
    }
    if (command.what === 'panel') onTodo();
    else {
      client.drafts.append(formKey(room.id, 'card'), command.text);
      // What goes elsewhere is written there before it is wiped out here.
      client.drafts.save().catch(() => setFailed(true));
      onCard();
    }
    client.drafts.set(room.id, '');
    return undefined;
  }

  /** The text stays, to be mended. @param {Key} why */
  const refuse = (why) => setSaid({ wrong: true, words: t(why) });

  /** @param {import('react').KeyboardEvent} event */
  function onKeyDown(event) {
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    // The Enter that ends a composition picks a word; it does not send.
    if (composes(event.nativeEvent)) return;
    const plain = !(shiftKey || altKey || ctrlKey || metaKey);
    if (key === 'Enter' && !shiftKey) void submit();
    else if (key === 'Escape' && plain && editing !== null) client.endEdit(room.id);
    else if (key === 'ArrowUp' && plain && editing === null && text === '') {
      const last = newest();
      if (last === undefined) return;
      client.startEdit(room.id, last);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const says = () => {
    if (failed) return t('composer.failed');
    if (left < 0) return t('composer.over', { count: -left });
    if (left < NEAR) return t('composer.left', { count: left });
    if (said) return said.words;
    const hint = editing === null && hintFor(text);
    if (hint) return t(hint === 'todo' ? 'composer.hint.todo' : 'composer.hint.card');
    return durable ? '' : t('composer.volatile');
  };

  return (
    <form
      className={css.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className={css.box}>
        {editing !== null && <EditBar onCancel={() => client.endEdit(room.id)} />}
        <div className={css.line}>
          <textarea
            ref={box}
            className={css.text}
            rows={1}
            dir="auto"
            value={text}
            placeholder={
              editing === null
                ? t('composer.placeholder', { room: room.name })
                : t('composer.edit.placeholder')
            }
            aria-label={
              editing === null ? t('composer.label', { room: room.name }) : t('composer.edit.label')
            }
            aria-describedby={note}
            aria-invalid={left < 0 || undefined}
            enterKeyHint="send"
            autoComplete="off"
            onChange={(event) => change(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <EmojiButton className={css.button} onPick={insert} />
          <button
            type="submit"
            className={`${css.button} ${isBlank(text) ? '' : css.ready}`}
            aria-label={t(editing === null ? 'composer.send' : 'action.save')}
          >
            <Icon name={editing === null ? 'send' : 'check'} />
          </button>
        </div>
      </div>
      <p
        id={note}
        className={left < 0 || failed || said?.wrong ? css.wrong : css.note}
        aria-live="polite"
      >
        {says()}
      </p>
      {asking !== null && (
        <DeleteEdited room={room.id} message={asking} onClose={() => setAsking(null)} />
      )}
    </form>
  );
}
