import { useId, useRef, useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { composes } from '../../components/keys.js';
import { Switch } from '../../components/Switch.jsx';
import { fromHex } from './bytes.js';
import { frames } from './frames.js';
import { useWords } from './words.js';
import css from './Compose.module.css';

/** @import {Target} from './paths.js' */
/** @typedef {(data: string | Uint8Array<ArrayBuffer>) => boolean} Send answers whether it went out */

/** Any frame at all, letter by letter or byte by byte. @param {{target: Target, open: boolean, onSend: Send}} props */
export function RawForm({ target, open, onSend }) {
  const t = useWords();
  const [text, setText] = useState('');
  const [bytes, setBytes] = useState(false);
  const [last, setLast] = useState('');
  /** @type {import('react').RefObject<HTMLTextAreaElement | null>} */
  const box = useRef(null);
  const id = useId();
  const data = bytes ? fromHex(text) : text;

  /** @param {string} next */
  function fill(next) {
    setText(next);
    box.current?.focus();
  }

  function submit() {
    box.current?.focus();
    if (data === null || !onSend(data)) return;
    setLast(text);
    setText('');
  }

  /** @param {import('react').KeyboardEvent} event */
  function onKeyDown(event) {
    // The Enter that ends a composition picks a word; it does not send.
    if (composes(event.nativeEvent)) return;
    if (event.key === 'Enter' && !event.shiftKey) submit();
    else if (event.key === 'ArrowUp' && text === '' && last) setText(last);
    else return;
    event.preventDefault();
  }

  const note = open ? t('tester.keys') : t('tester.shut');
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label className={css.label} htmlFor={id}>
        {t('tester.frame')}
      </label>
      <textarea
        ref={box}
        id={id}
        className={css.text}
        rows={3}
        dir="auto"
        value={text}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
        enterKeyHint="send"
        aria-describedby={`${id}-note`}
        aria-invalid={data === null || undefined}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <p id={`${id}-note`} className={data === null ? css.wrong : css.note} aria-live="polite">
        {data === null ? t('tester.unhex') : note}
      </p>
      <div className={css.actions}>
        <Button type="submit" look="primary" aria-disabled={!open || data === null}>
          {t('tester.send')}
        </Button>
        {target.dialect === 'teahouse.v1' && (
          <div className={css.inserts} role="group" aria-label={t('tester.insert')}>
            <span aria-hidden="true">{t('tester.insert')}</span>
            {Object.entries(frames).map(([name, make]) => (
              <Button
                key={name}
                className={css.insert}
                onClick={() => fill(JSON.stringify(make(target.room.trim() || 'general')))}
              >
                {name}
              </Button>
            ))}
          </div>
        )}
        <div className={css.bytes}>
          <Switch label={t('tester.hex')} checked={bytes} onChange={setBytes} />
        </div>
      </div>
    </form>
  );
}
