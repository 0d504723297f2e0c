import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { Connection } from './Connection.jsx';
import { Compose } from './Compose.jsx';
import { FrameLog } from './FrameLog.jsx';
import { Push } from './Push.jsx';
import { createRecord } from './record.js';
import { createSocket } from './socket.js';
import { useWords } from './words.js';
import css from './Tester.module.css';

/** @import {Target} from './paths.js' */

/**
 * For who builds something that talks to the server: opens its sockets by hand
 * and shows what goes over them. Test pages elsewhere cannot reach a server on
 * one's own machine any more. @param {{onClose: () => void}} props
 */
export function Tester({ onClose }) {
  const t = useWords();
  const [{ record, socket }] = useState(() => {
    const record = createRecord();
    return { record, socket: createSocket(record) };
  });
  const status = useSyncExternalStore(socket.subscribe, socket.get);
  const [target, setTarget] = useState(
    /** @type {Target} */ ({ path: '/ws', dialect: 'teahouse.v1', room: 'general', name: '' }),
  );
  useEffect(() => socket.forget, [socket]);

  // The page that had the focus is gone; whoever hears this one is told where they are.
  /** @type {import('react').RefObject<HTMLHeadingElement | null>} */
  const heading = useRef(null);
  useEffect(() => heading.current?.focus(), []);

  return (
    <main className={css.page}>
      <header className={css.header}>
        <Button look="icon" aria-label={t('tester.back')} onClick={onClose}>
          <Icon name="back" size={22} />
        </Button>
        <div className={css.titles}>
          <h1 className={css.title} ref={heading} tabIndex={-1}>
            {t('tester.title')}
          </h1>
          <p className={css.text}>{t('tester.text')}</p>
        </div>
      </header>
      <div className={css.columns}>
        <section className={`${css.card} ${css.side}`} aria-labelledby="tester-connection">
          <h2 id="tester-connection">{t('tester.connection')}</h2>
          <Connection target={target} socket={socket} status={status} onTarget={setTarget} />
        </section>
        <section className={`${css.card} ${css.talk}`} aria-labelledby="tester-frames">
          <FrameLog record={record} title={<h2 id="tester-frames">{t('tester.frames')}</h2>} />
          <Compose
            key={`${target.path} ${target.dialect}`}
            target={target}
            open={status.state === 'open'}
            onSend={socket.send}
          />
        </section>
        <section className={`${css.card} ${css.side}`} aria-labelledby="tester-push">
          <h2 id="tester-push">{t('push.title')}</h2>
          <Push />
        </section>
      </div>
    </main>
  );
}
