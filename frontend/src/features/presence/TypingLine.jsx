import { useLocale } from '../../i18n/Locale.jsx';
import { useStore } from '../../state/store.js';
import css from './TypingLine.module.css';

/** Who is typing. Keeps its place when nobody is, so nothing moves. @param {{room: string}} props */
export function TypingLine({ room }) {
  const { t } = useLocale();
  const typing = useStore((state) => state.typing[room]);
  const [first, second, ...more] = Object.values(typing ?? {}).map(({ user }) => user.name);
  const words = () => {
    if (!first) return '';
    if (!second) return t('typing.one', { name: first });
    if (more.length === 0) return t('typing.two', { name: first, other: second });
    return t('typing.many');
  };
  return <p className={css.line}>{words()}</p>;
}
