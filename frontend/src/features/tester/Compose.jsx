import { useState } from 'react';
import { Choice } from '../../components/Choice.jsx';
import { RawForm } from './RawForm.jsx';
import { SpokenForm, TodoForm } from './FieldForms.jsx';
import { useWords } from './words.js';
import css from './Compose.module.css';

/** @import {Target} from './paths.js' */
/** @import {Send} from './RawForm.jsx' */

/** Where frames are written, by fields where the path has a form of its own. @param {{target: Target, open: boolean, onSend: Send}} props */
export function Compose({ target, open, onSend }) {
  const t = useWords();
  const Fields = { '/websocket': SpokenForm, '/todo': TodoForm }[
    /** @type {string} */ (target.path)
  ];
  const [raw, setRaw] = useState(false);
  return (
    <div className={css.compose}>
      {Fields && (
        <Choice
          label={t('tester.form')}
          value={raw ? 'raw' : 'fields'}
          options={[
            { value: 'fields', label: t('tester.fields') },
            { value: 'raw', label: t('tester.raw') },
          ]}
          onChange={(value) => setRaw(value === 'raw')}
        />
      )}
      {Fields && !raw ? (
        <Fields open={open} onSend={onSend} />
      ) : (
        <RawForm target={target} open={open} onSend={onSend} />
      )}
    </div>
  );
}
