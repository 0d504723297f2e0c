import { newId } from '../lib/id.js';

/** @import {Database} from './database.js' */

/** How long a lease holds unless it is renewed; a closed tab blocks the others no longer. */
export const LEASE_FOR = 10_000;
const RENEW_EVERY = 3_000;
const LOOK_AGAIN = 200;

/**
 * Lets one tab at a time do something. By Web Locks where the browser has them;
 * a page over plain http has not, there a record in the shared database says
 * whose turn it is. Answers a function that runs `work` when it is this tab's turn.
 * @param {{database: Database, locks: LockManager | undefined, name: string, now: () => number}} options
 * @returns {(work: () => Promise<void>) => Promise<void>}
 */
export function createLease({ database, locks, name, now }) {
  if (locks) return (work) => locks.request(name, work);

  const holder = newId();
  /** @param {any} lease */
  const free = (lease) => !lease || lease.holder === holder || lease.until <= now();
  const take = () =>
    database.update(name, (lease) =>
      free(lease) ? { name, holder, until: now() + LEASE_FOR } : lease,
    );

  return async (work) => {
    let lease = await take();
    while (lease.holder !== holder) {
      await new Promise((resolve) => {
        setTimeout(resolve, LOOK_AGAIN);
      });
      lease = await take();
    }
    const renewal = setInterval(take, RENEW_EVERY);
    try {
      await work();
    } finally {
      clearInterval(renewal);
      await database.update(name, (held) => (held?.holder === holder ? undefined : held));
    }
  };
}
