import { useEffect, useState, useSyncExternalStore } from 'react';
import * as api from '../../api/index.js';
import { useWords } from './words.js';
import css from './State.module.css';

/**
 * @import {Status} from './socket.js'
 * @import {Word} from './words.js'
 */

/** @type {Record<Status['state'], Word>} */
const words = {
  closed: 'tester.state.closed',
  opening: 'tester.state.opening',
  open: 'tester.state.open',
  closing: 'tester.state.closing',
  failed: 'tester.state.failed',
};

/** @type {Record<number, Word>} */
const codes = {
  1000: 'tester.code.1000',
  1001: 'tester.code.1001',
  1002: 'tester.code.1002',
  1003: 'tester.code.1003',
  1005: 'tester.code.1005',
  1006: 'tester.code.1006',
  1007: 'tester.code.1007',
  1008: 'tester.code.1008',
  1009: 'tester.code.1009',
  1011: 'tester.code.1011',
  1012: 'tester.code.1012',
  1013: 'tester.code.1013',
};

/** How the socket fares, and what may be the reason. @param {{status: Status}} props */
export function State({ status }) {
  const t = useWords();
  const online = useOnline();
  const { state } = status;

  /** @type {() => string} */
  const says = () => {
    if (status.state === 'open')
      return status.protocol && t('tester.protocol', { name: status.protocol });
    if (status.state === 'closed' && status.end) {
      const { code, reason } = status.end;
      const meaning = reason || t(codes[code] ?? 'tester.code.other');
      return t('tester.ended', { code: String(code), meaning });
    }
    return '';
  };

  return (
    <div className={css.state} role="status" data-state={state}>
      <p className={css.name}>
        <span className={css.mark} aria-hidden="true" />
        {t(words[state])}
      </p>
      {state === 'failed' ? <Why /> : <p className={css.says}>{says()}</p>}
      {!online && <p className={css.says}>{t('tester.offline')}</p>}
    </div>
  );
}

/** The browser tells nobody why a socket did not open: this asks whether the server is there at all. */
function Why() {
  const t = useWords();
  const [says, setSays] = useState(/** @type {Word} */ ('tester.failed.asking'));
  useEffect(() => {
    let current = true;
    /** @param {Word} word */
    const become = (word) => current && setSays(word);
    api.health().then(
      () => become('tester.failed.up'),
      () => become('tester.failed.down'),
    );
    return () => {
      current = false;
    };
  }, []);
  return <p className={css.says}>{t(says)}</p>;
}

/** Whether this device has a network at all. */
function useOnline() {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('online', listener);
      window.addEventListener('offline', listener);
      return () => {
        window.removeEventListener('online', listener);
        window.removeEventListener('offline', listener);
      };
    },
    () => navigator.onLine,
  );
}
