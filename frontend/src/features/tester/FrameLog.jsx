import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Button } from '../../components/Button.jsx';
import { CopyButton } from '../../components/CopyButton.jsx';
import { Icon } from '../../components/Icon.jsx';
import { Switch } from '../../components/Switch.jsx';
import { Line } from './Line.jsx';
import { useWords } from './words.js';
import css from './FrameLog.module.css';

/** @import {FrameRecord} from './record.js' */

/** So far from its end the log still follows it, in pixels. */
const NEAR = 8;

/** All that went over the socket, the newest last. @param {{record: FrameRecord, title: import('react').ReactNode}} props */
export function FrameLog({ record, title }) {
  const t = useWords();
  const { entries, dropped } = useSyncExternalStore(record.subscribe, record.get);
  const [pretty, setPretty] = useState(false);
  const [away, setAway] = useState(false);
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const box = useRef(null);
  const follows = useRef(true);

  function toEnd() {
    follows.current = true;
    setAway(false);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }

  // Who reads what came before is not taken from it.
  useLayoutEffect(() => {
    const element = box.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- they make the height
  }, [entries, pretty]);

  // A keyboard on the screen takes room from below.
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      if (follows.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  function onScroll() {
    const element = box.current;
    if (!element) return;
    const { scrollHeight, scrollTop, clientHeight } = element;
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
    setAway(!follows.current);
  }

  return (
    <>
      <div className={css.bar}>
        {title}
        <div className={css.tools}>
          <Switch label={t('tester.pretty')} checked={pretty} onChange={setPretty} />
          <CopyButton label={t('tester.copy')} text={record.text} />
          <Button onClick={record.clear}>{t('tester.clear')}</Button>
        </div>
      </div>
      <div className={css.frame}>
        <div
          ref={box}
          className={css.log}
          role="log"
          aria-label={t('tester.frames')}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keys
          tabIndex={0}
          onScroll={onScroll}
        >
          {dropped > 0 && <p className={css.note}>{t('tester.dropped', { count: dropped })}</p>}
          {entries.length === 0 && <p className={css.note}>{t('tester.empty')}</p>}
          {entries.map((entry) => (
            <Line key={entry.id} entry={entry} pretty={pretty} />
          ))}
        </div>
        {away && (
          <Button look="primary" className={css.newest} onClick={toEnd}>
            <Icon name="down" size={18} />
            {t('tester.newest')}
          </Button>
        )}
      </div>
    </>
  );
}
