import css from './Skeleton.module.css';

/** The shape of what is being loaded, only once waiting is noticeable. @param {{rows: number, label: string}} props */
export function Skeleton({ rows, label }) {
  return (
    <div className={css.skeleton} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={css.row}>
          <span className={css.picture} />
          <span className={css.lines}>
            <span className={css.short} />
            <span className={row % 3 === 1 ? css.medium : css.long} />
          </span>
        </div>
      ))}
    </div>
  );
}
