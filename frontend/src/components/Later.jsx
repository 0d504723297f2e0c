import { useEffect, useState } from 'react';
import { useLocale } from '../i18n/Locale.jsx';
import { Button } from './Button.jsx';
import { Dialog } from './Dialog.jsx';
import { Notice } from './Notice.jsx';
import { Skeleton } from './Skeleton.jsx';

/** @import {ComponentType} from 'react' */

/** What is there sooner needs no word. */
const SLOW = 400;

/**
 * A window whose code is loaded when it is opened for the first time, or when
 * the page has nothing else to do (`ready`). Where it cannot be loaded that is
 * said, and the page around it stays.
 * @template {{onClose: () => void}} Props
 * @param {() => Promise<ComponentType<Props>>} load
 * @param {ComponentType<{title: string, onClose: () => void, children: import('react').ReactNode}>} [Frame]
 *   what stands in its place until then
 * @returns {((props: Props) => import('react').ReactNode) & {ready: () => void}}
 */
export function later(load, Frame = Dialog) {
  /** @type {ComponentType<Props> | null} */
  let loaded = null;
  const get = async () => {
    loaded = await load();
  };

  /** @param {Props} props */
  function Later(props) {
    const { t } = useLocale();
    const [state, setState] = useState(
      /** @type {'loading' | 'slow' | 'failed' | 'here'} */ ('loading'),
    );
    const asking = !loaded && (state === 'loading' || state === 'slow');
    useEffect(() => {
      if (!asking) return undefined;
      let current = true;
      /** @param {'slow' | 'failed' | 'here'} next */
      const become = (next) => current && setState(next);
      const timer = setTimeout(become, SLOW, 'slow');
      get()
        .then(
          () => become('here'),
          () => become('failed'),
        )
        .finally(() => clearTimeout(timer));
      return () => {
        current = false;
        clearTimeout(timer);
      };
    }, [asking]);

    const Loaded = loaded;
    if (Loaded) return <Loaded {...props} />;
    if (state === 'slow')
      return (
        <Frame title={t('later.title')} onClose={props.onClose}>
          <Skeleton rows={3} label={t('later.title')} />
        </Frame>
      );
    if (state !== 'failed') return null;
    return (
      <Frame title={t('later.title')} onClose={props.onClose}>
        <Notice title={t('later.failed')} text={t('later.text')}>
          <Button look="primary" onClick={() => setState('loading')}>
            {t('action.retry')}
          </Button>
        </Notice>
      </Frame>
    );
  }

  return Object.assign(Later, {
    ready: () => {
      if (!loaded) get().catch(() => {}); // asked for again when it is needed
    },
  });
}
