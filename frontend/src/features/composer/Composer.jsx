import { useEffect, useId, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { byteLength, isBlank } from '../../lib/text.js';
import { useClient, useStore } from '../../state/store.js';
import css from './Composer.module.css';

/** @import {Room} from '../../state/rooms.js' */

/** From here on the bytes left are told. */
const NEAR = 1_000;
const IME = 229;

/** Where messages are written. Whatever the connection does, writing goes on. @param {{room: Pick<Room, 'id' | 'name'>}} props */
export function Composer({ room }) {
  const { t } = useLocale();
  const client = useClient();
  const limit = useStore((state) => state.limits.body);
  const durable = useStore((state) => state.durable);
  const text = useSyncExternalStore(client.drafts.subscribe, () => client.drafts.get(room.id));
  const [failed, setFailed] = useState(false);
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
    if (matchMedia('(hover: hover)').matches) box.current?.focus({ preventScroll: true });
  }, []);

  /** @param {string} next */
  function change(next) {
    setFailed(false);
    client.drafts.set(room.id, next);
    if (!isBlank(next)) client.typing(room.id);
  }

  async function submit() {
    box.current?.focus();
    if (isBlank(text) || left < 0) return;
    setFailed(false);
    try {
      await client.send(room.id, text);
    } catch {
      setFailed(true);
    }
  }

  /** @param {import('react').KeyboardEvent} event */
  function onKeyDown(event) {
    // The Enter that ends a composition picks a word; it does not send.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    if (event.keyCode === IME) return;
    event.preventDefault();
    void submit();
  }

  const says = () => {
    if (failed) return t('composer.failed');
    if (left < 0) return t('composer.over', { count: -left });
    if (left < NEAR) return t('composer.left', { count: left });
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
        <textarea
          ref={box}
          className={css.text}
          rows={1}
          dir="auto"
          value={text}
          placeholder={t('composer.placeholder', { room: room.name })}
          aria-label={t('composer.label', { room: room.name })}
          aria-describedby={note}
          aria-invalid={left < 0 || undefined}
          enterKeyHint="send"
          autoComplete="off"
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className={`${css.send} ${isBlank(text) ? '' : css.ready}`}
          aria-label={t('composer.send')}
        >
          <Icon name="send" />
        </button>
      </div>
      <p id={note} className={left < 0 || failed ? css.wrong : css.note} aria-live="polite">
        {says()}
      </p>
    </form>
  );
}
