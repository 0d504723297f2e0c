/** @import {BrowserContext, Page, Worker} from '@playwright/test' */

/** What the browser itself says of a network that a test has broken, or of a refusal it asked for. */
const expected = [
  /^Failed to load resource: the server responded with a status of (401|403|404|409) /,
  /^Failed to load resource: net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INTERNET_DISCONNECTED|FAILED|SOCKET_NOT_CONNECTED)/,
  /^WebSocket connection to '[^']+' failed/,
  /^An unknown error occurred when fetching the script\.$/, // a service worker's, from a server that is gone
];

/**
 * Listens to all that should never happen in any test: an error on the console,
 * an exception nobody caught, a broken content security policy, a request to
 * somebody else's server.
 */
export function watchProblems() {
  /** @type {Set<string>} */
  const own = new Set();
  /** @type {RegExp[]} */
  const allowed = [...expected];
  /** @type {string[]} */
  const found = [];

  /** @param {string} what */
  function report(what) {
    if (!allowed.some((pattern) => pattern.test(what))) found.push(what);
  }

  /** @param {string} address */
  function checkOrigin(address) {
    const { protocol, host } = new URL(address);
    if (['data:', 'blob:', 'about:', 'chrome-error:'].includes(protocol)) return;
    if (!own.has(host)) report(`request to a foreign origin: ${address}`);
  }

  /** @param {Page} page */
  function watchPage(page) {
    page.on('console', (message) => {
      if (message.type() === 'error') report(message.text());
    });
    page.on('pageerror', (error) => report(`uncaught: ${error.message}`));
    page.on('websocket', (socket) => checkOrigin(socket.url()));
  }

  /** @param {Worker} worker */
  function watchWorker(worker) {
    worker.on('console', (message) => {
      if (message.type() === 'error') report(`service worker: ${message.text()}`);
    });
  }

  return {
    found,

    /** This test causes it on purpose. @param {RegExp} pattern */
    allow: (pattern) => allowed.push(pattern),

    /** This server is ours. @param {string} origin */
    trust: (origin) => own.add(new URL(origin).host),

    /** @param {BrowserContext} context */
    async watch(context) {
      context.on('page', watchPage);
      context.on('serviceworker', watchWorker);
      context.on('request', (request) => checkOrigin(request.url()));
      await context.exposeBinding('reportViolation', (_, what) => report(what));
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) =>
          /** @type {any} */ (window).reportViolation(
            `content security policy: ${event.violatedDirective} ${event.blockedURI}`,
          ),
        );
      });
    },
  };
}

/** @typedef {ReturnType<typeof watchProblems>} Problems */
