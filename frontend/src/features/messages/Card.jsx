import { lazy, Suspense } from 'react';
import { heightOfCard } from './estimate.js';
import { useReach } from './actions.js';

/** What shows where the code of tables cannot be had. @param {{text: string}} props */
const Plain = ({ text }) => (
  <p dir="auto" style={{ overflowWrap: 'anywhere' }}>
    {text}
  </p>
);

const CardTable = lazy(() =>
  import('../../components/CardTable.jsx').then(
    ({ CardTable: Table }) => ({ default: Table }),
    () => ({ default: Plain }),
  ),
);

/** A table that somebody posted. Until its code is there it takes about as much room. @param {{id: string, text: string}} props */
export function Card({ id, text }) {
  const tabIndex = useReach();
  return (
    <Suspense fallback={<div style={{ height: heightOfCard(text) }} />}>
      <CardTable id={id} text={text} tabIndex={tabIndex} />
    </Suspense>
  );
}
