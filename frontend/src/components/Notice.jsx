import css from './Notice.module.css';

/** @import {ReactNode} from 'react' */

/**
 * Takes the place of something that is not there: what this is, and one thing to do.
 * @param {{title: string, text: string, children?: ReactNode}} props
 */
export function Notice({ title, text, children }) {
  return (
    <div className={css.notice}>
      <h2>{title}</h2>
      <p>{text}</p>
      {children && <div className={css.action}>{children}</div>}
    </div>
  );
}
