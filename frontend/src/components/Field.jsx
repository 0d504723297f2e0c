import { useId } from 'react';
import css from './Field.module.css';

/** @import {InputHTMLAttributes, ReactNode} from 'react' */

/**
 * A labelled line of text, with what is wrong about it.
 * @param {InputHTMLAttributes<HTMLInputElement> & {label: ReactNode, error?: string | null, note?: string}} props
 */
export function Field({ label, error, note, ...rest }) {
  const id = useId();
  const says = error ?? note;
  return (
    <div className={css.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={css.input}
        aria-invalid={error ? true : undefined}
        aria-describedby={says ? `${id}-note` : undefined}
        {...rest}
      />
      <p id={`${id}-note`} className={error ? css.error : css.note} aria-live="polite">
        {says}
      </p>
    </div>
  );
}
