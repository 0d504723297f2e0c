import { useId, useMemo, useState, useSyncExternalStore } from 'react';
import { Button } from '../../components/Button.jsx';
import { CardTable } from '../../components/CardTable.jsx';
import { Dialog, DialogActions } from '../../components/Dialog.jsx';
import { withCommand } from '../../components/keys.js';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { isWrong, LONGEST_KEY, MOST_COLUMNS, MOST_ROWS, readCard } from '../../lib/card.js';
import { byteLength } from '../../lib/text.js';
import { formKey } from '../../state/drafts.js';
import { useClient, useStore } from '../../state/store.js';
import css from './CardWindow.module.css';

/**
 * @import {Word} from '../../i18n/later/useWords.js'
 * @import {Wrong} from '../../lib/card.js'
 */

const EXAMPLE = '[\n  {"tea": "Oolong", "grams": 6},\n  {"tea": "Sencha", "grams": 4}\n]';

/** @type {Record<Exclude<Wrong['code'], 'empty'>, Word>} */
const reasons = {
  json: 'card.wrong.json',
  list: 'card.wrong.list',
  none: 'card.wrong.none',
  rows: 'card.wrong.rows',
  object: 'card.wrong.object',
  value: 'card.wrong.value',
  columns: 'card.wrong.columns',
  key: 'card.wrong.key',
  twice: 'card.wrong.twice',
};

/** @type {Wrong} */
const tooLong = { code: 'empty' };

/** Where a table is written, and seen before the others see it. @param {{room: string, onClose: () => void}} props */
export function CardWindow({ room, onClose }) {
  const { t } = useLocale();
  const say = useWords();
  const client = useClient();
  const limit = useStore((state) => state.limits.body);
  const key = formKey(room, 'card');
  const text = useSyncExternalStore(client.drafts.subscribe, () => client.drafts.get(key));
  const [failed, setFailed] = useState(false);
  /** Whether it was to be posted as it is. */
  const [tried, setTried] = useState(false);
  const id = useId();
  const over = byteLength(text) - limit;
  // What is too long is not looked into: it may be any size.
  const table = useMemo(() => (over > 0 ? tooLong : readCard(text)), [text, over]);
  const bad = isWrong(table);

  function says() {
    if (failed) return say('card.kept');
    if (over > 0) return t('composer.over', { count: over });
    if (!bad) return '';
    if (table.code === 'empty') return tried ? say('card.wrong.empty') : '';
    const { line, row = 0, key: name = '' } = table;
    if (table.code === 'json' && line !== undefined) return say('card.wrong.line', { line });
    const most = { rows: MOST_ROWS, columns: MOST_COLUMNS, longest: LONGEST_KEY };
    return say(reasons[table.code], { ...most, row, key: name });
  }

  async function post() {
    setTried(true);
    setFailed(false);
    if (bad || over > 0) return document.getElementById(id)?.focus();
    try {
      await client.list.post(room, text.trim(), key);
      onClose();
    } catch {
      setFailed(true);
    }
    return undefined;
  }

  const words = says();
  return (
    <Dialog title={say('card.title')} look="wide" onClose={onClose}>
      <label className={css.label} htmlFor={id}>
        {say('card.field')}
      </label>
      <textarea
        id={id}
        data-first
        className={css.text}
        dir="ltr"
        rows={6}
        value={text}
        placeholder={EXAMPLE}
        aria-invalid={words !== '' || undefined}
        aria-describedby={`${id}-note`}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => {
          setFailed(false);
          client.drafts.set(key, event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && withCommand(event)) void post();
        }}
      />
      <p id={`${id}-note`} className={words ? css.wrong : css.note} aria-live="polite">
        {words || say('card.hint')}
      </p>
      {!bad && (
        <section className={css.preview} aria-label={say('card.preview')}>
          <h3>{say('card.preview')}</h3>
          <CardTable id={`draft ${room}`} text={text} />
        </section>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button look="primary" onClick={post}>
          {say('card.post')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
