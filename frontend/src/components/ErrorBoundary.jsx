import { Component } from 'react';
import { LocaleContext } from '../i18n/Locale.jsx';
import { Button } from './Button.jsx';
import { Notice } from './Notice.jsx';
import css from './ErrorBoundary.module.css';

/** @import {ReactNode} from 'react' */

/**
 * Stands in for a part of the page that broke. Nothing is lost by it: what was
 * typed is on this device's disk.
 * @extends {Component<{children: ReactNode}, {broken: boolean}>}
 */
export class ErrorBoundary extends Component {
  static contextType = LocaleContext;

  /** @type {{broken: boolean}} */
  state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  render() {
    if (!this.state.broken) return this.props.children;
    const { t } = /** @type {import('../i18n/Locale.jsx').LocaleValue} */ (this.context);
    return (
      <main className={css.page}>
        <Notice page title={t('broken.title')} text={t('broken.text')}>
          <Button look="primary" onClick={() => location.reload()}>
            {t('broken.reload')}
          </Button>
          <a href="/" className={css.home}>
            {t('broken.home')}
          </a>
        </Notice>
      </main>
    );
  }
}
