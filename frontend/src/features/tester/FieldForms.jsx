import { useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Field } from '../../components/Field.jsx';
import { composes } from '../../components/keys.js';
import { spoken } from './frames.js';
import { useWords } from './words.js';
import css from './Compose.module.css';

/** @import {Send} from './RawForm.jsx' */
/** @typedef {{open: boolean, onSend: Send}} Props */

/** The Enter that ends a composition picks a word; it does not send. @param {import('react').KeyboardEvent} event */
function keepComposing(event) {
  if (event.key === 'Enter' && composes(event.nativeEvent)) event.preventDefault();
}

/** What /websocket takes; the name stays. @param {Props} props */
export function SpokenForm({ open, onSend }) {
  const t = useWords();
  const [username, setUsername] = useState('');
  const [text, setText] = useState('');
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (onSend(spoken(username, text))) setText('');
      }}
    >
      <div className={css.pair}>
        <Field
          label={t('tester.username')}
          value={username}
          autoComplete="off"
          onChange={(event) => setUsername(event.target.value)}
          onKeyDown={keepComposing}
        />
        <Field
          label={t('tester.said')}
          value={text}
          autoComplete="off"
          enterKeyHint="send"
          note={open ? '' : t('tester.shut')}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={keepComposing}
        />
      </div>
      <div className={css.actions}>
        <Button type="submit" look="primary" aria-disabled={!open}>
          {t('tester.send')}
        </Button>
      </div>
    </form>
  );
}

/** The commands of /todo; Enter adds. @param {Props} props */
export function TodoForm({ open, onSend }) {
  const t = useWords();
  const [item, setItem] = useState('');
  const command = (/** @type {'add' | 'done'} */ word) => {
    if (item.trim() && onSend(`${word} ${item}`)) setItem('');
  };
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        command('add');
      }}
    >
      <Field
        label={t('tester.item')}
        value={item}
        autoComplete="off"
        enterKeyHint="send"
        note={open ? '' : t('tester.shut')}
        onChange={(event) => setItem(event.target.value)}
        onKeyDown={keepComposing}
      />
      <div className={css.actions}>
        <Button type="submit" look="primary" aria-disabled={!open}>
          {t('tester.add')}
        </Button>
        <Button aria-disabled={!open} onClick={() => command('done')}>
          {t('tester.done')}
        </Button>
        <Button aria-disabled={!open} onClick={() => onSend('list')}>
          {t('tester.list')}
        </Button>
      </div>
    </form>
  );
}
