import { Button } from '../../components/Button.jsx';
import { Choice } from '../../components/Choice.jsx';
import { CopyButton } from '../../components/CopyButton.jsx';
import { Field } from '../../components/Field.jsx';
import { plainAddress } from '../../api/plain.js';
import { dialects, paths, requestOf, wants } from './paths.js';
import { State } from './State.jsx';
import { useWords } from './words.js';
import css from './Connection.module.css';

/**
 * @import {Dialect, Target} from './paths.js'
 * @import {Socket, Status} from './socket.js'
 * @import {Word} from './words.js'
 */

/** @type {Partial<Record<Dialect, Word>>} the others are called as they are in the address */
const names = { auto: 'tester.auto', mirror: 'tester.mirror', hello: 'tester.hello' };

/** @type {Record<string, Word>} */
const hints = {
  'teahouse.v1': 'tester.hint.v1',
  auto: 'tester.hint.auto',
  json: 'tester.hint.json',
  text: 'tester.hint.text',
  echo: 'tester.hint.echo',
  '/websocket': 'tester.hint.websocket',
  '/todo': 'tester.hint.todo',
  mirror: 'tester.hint.mirror',
  hello: 'tester.hint.hello',
};

/**
 * Which socket, and whether it is open.
 * @param {{target: Target, socket: Socket, status: Status, onTarget: (target: Target) => void}} props
 */
export function Connection({ target, socket, status, onTarget }) {
  const t = useWords();
  const { path, dialect } = target;
  const asked = wants(target);
  const { query, protocol } = requestOf(target);
  const address = plainAddress(path, query);
  const idle = status.state === 'closed' || status.state === 'failed';
  const change = (/** @type {Partial<Target>} */ next) => onTarget({ ...target, ...next });

  return (
    <form
      className={css.connection}
      onSubmit={(event) => {
        event.preventDefault();
        socket.open(address, protocol);
      }}
    >
      <fieldset className={css.choices} disabled={!idle}>
        <legend className="visually-hidden">{t('tester.connection')}</legend>
        <Choice
          label={t('tester.path')}
          value={path}
          options={paths.map((value) => ({ value, label: value }))}
          onChange={(value) => change({ path: value, dialect: dialects[value][0] ?? null })}
        />
        {dialect && (
          <Choice
            label={t('tester.dialect')}
            value={dialect}
            options={dialects[path].map((value) => {
              const word = names[value];
              return { value, label: word ? t(word) : value };
            })}
            onChange={(value) => change({ dialect: value })}
          />
        )}
        <p className={css.hint}>{t(hints[dialect ?? path])}</p>
        <div className={css.fields}>
          {asked.room && (
            <Field
              label={t('tester.room')}
              value={target.room}
              placeholder="general"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              onChange={(event) => change({ room: event.target.value })}
            />
          )}
          {asked.name && (
            <Field
              label={t('tester.name')}
              value={target.name}
              placeholder={t('tester.given')}
              note={protocol && t('tester.cookie')}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </div>
      </fieldset>

      <div className={css.address}>
        <p className={css.label}>{t('tester.address')}</p>
        <div className={css.line}>
          <code className={css.value}>{address}</code>
          <CopyButton text={address} />
        </div>
        {protocol && <p className={css.hint}>{t('tester.offers', { name: protocol })}</p>}
      </div>

      <div className={css.buttons}>
        <Button type="submit" look="primary" aria-disabled={!idle}>
          {t('tester.open')}
        </Button>
        <Button aria-disabled={idle || status.state === 'closing'} onClick={() => socket.close()}>
          {t('tester.close')}
        </Button>
      </div>
      <State status={status} />
    </form>
  );
}
