import css from './Notice.module.css';

/** @import {ReactNode} from 'react' */

/**
 * Takes the place of something that is not there: what this is, and one thing to do.
 * @param {{title: string, text: string, page?: boolean, children?: ReactNode}} props `page`: it is all there is
 */
export function Notice({ title, text, page = false, children }) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className={css.notice}>
      <Heading>{title}</Heading>
      <p>{text}</p>
      {children && <div className={css.action}>{children}</div>}
    </div>
  );
}
