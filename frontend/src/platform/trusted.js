/**
 * @typedef {{createScriptURL: (url: string) => string}} Policy as far as it is needed here
 * @typedef {{createPolicy: (name: string, rules: Policy) => Policy}} PolicyFactory
 */

const WORKER = '/sw.js';

const factory = /** @type {{trustedTypes?: PolicyFactory}} */ (/** @type {unknown} */ (globalThis))
  .trustedTypes;

/** The only policy there is: no script but our own worker gets its address from code. */
const policy = factory?.createPolicy('teahouse', {
  createScriptURL(url) {
    if (url === WORKER) return url;
    throw new TypeError(`not a script of ours: ${url}`);
  },
});

/** The address of the service worker, as the browser wants to have it. */
export const workerURL = () => policy?.createScriptURL(WORKER) ?? WORKER;
