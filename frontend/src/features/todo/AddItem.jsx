import { useId, useState, useSyncExternalStore } from 'react';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { composes } from '../../components/keys.js';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { isBlank } from '../../lib/text.js';
import { formKey } from '../../state/drafts.js';
import { cleanItem, ITEM_LIMIT } from '../../state/todos.js';
import { useClient } from '../../state/store.js';
import { told } from './told.js';
import css from './AddItem.module.css';

/** Where items are added. What is typed is kept like any draft. @param {{room: string, onSaid: (words: string) => void}} props */
export function AddItem({ room, onSaid }) {
  const { t } = useLocale();
  const say = useWords();
  const client = useClient();
  const key = formKey(room, 'todo');
  const text = useSyncExternalStore(client.drafts.subscribe, () => client.drafts.get(key));
  const [failed, setFailed] = useState(false);
  const id = useId();
  const item = cleanItem(text);
  const over = [...item].length - ITEM_LIMIT;

  async function add() {
    setFailed(false);
    if (isBlank(item) || over > 0) return;
    try {
      await client.list.wish(room, item, true, key);
      onSaid(t('todo.said.added', { item: told(item) }));
    } catch {
      setFailed(true);
    }
  }

  const wrong = failed ? say('todo.kept') : over > 0 ? say('todo.over', { count: over }) : '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div className={css.line}>
        <input
          className={css.input}
          dir="auto"
          value={text}
          placeholder={say('todo.add.placeholder')}
          aria-label={say('todo.add.label')}
          aria-invalid={over > 0 || undefined}
          aria-describedby={id}
          autoComplete="off"
          enterKeyHint="done"
          onChange={(event) => {
            setFailed(false);
            client.drafts.set(key, event.target.value);
          }}
          onKeyDown={(event) => {
            // The Enter that ends a composition picks a word; it adds nothing.
            if (event.key === 'Enter' && composes(event.nativeEvent)) event.preventDefault();
          }}
        />
        <Button
          type="submit"
          look="icon"
          className={isBlank(item) || over > 0 ? css.button : css.ready}
          aria-label={say('todo.add')}
        >
          <Icon name="plus" />
        </Button>
      </div>
      <p id={id} className={css.wrong} aria-live="polite">
        {wrong}
      </p>
    </form>
  );
}
