import { test as base, expect } from '@playwright/test';
import { Guest } from './guest.js';
import { watchProblems } from './problems.js';
import { startServer } from './server.js';

/**
 * @import {BrowserContext, BrowserContextOptions, Page} from '@playwright/test'
 * @import {Problems} from './problems.js'
 * @import {Server, Settings} from './server.js'
 */

/**
 * `device` is a browser of its own: its own cookies, its own disk. `guest` is
 * somebody who came in on one and looks at a room; `before` sees the page
 * before it loads.
 * @typedef {{
 *   settings: Settings,
 *   problems: Problems,
 *   server: Server,
 *   device: (options?: BrowserContextOptions) => Promise<BrowserContext>,
 *   guest: (name: string, options?: BrowserContextOptions & {
 *     path?: string,
 *     before?: (page: Page) => Promise<unknown>,
 *   }) => Promise<Guest>,
 * }} Fixtures
 */

/** @type {import('@playwright/test').TestType<Fixtures & import('@playwright/test').PlaywrightTestArgs & import('@playwright/test').PlaywrightTestOptions, import('@playwright/test').PlaywrightWorkerArgs & import('@playwright/test').PlaywrightWorkerOptions>} */
export const test = base.extend({
  settings: [{}, { option: true }],

  problems: [
    /** @param {{browserName: string}} _none @param {(problems: Problems) => Promise<void>} provide */
    async ({ browserName: _ }, provide) => {
      const problems = watchProblems();
      await provide(problems);
      expect(problems.found, 'nothing went wrong behind the scenes').toEqual([]);
    },
    { auto: true },
  ],

  async server({ settings, problems }, provide) {
    const server = await startServer({ ...settings });
    problems.trust(server.origin);
    await provide(server);
    await server.stop();
    expect(server.complaints(), 'the server complains of nothing').toEqual([]);
  },

  async device({ browser, server, problems }, provide) {
    /** @type {BrowserContext[]} */
    const opened = [];
    await provide(async (options = {}) => {
      const context = await browser.newContext({ baseURL: server.origin, ...options });
      opened.push(context);
      await problems.watch(context);
      return context;
    });
    await Promise.all(opened.map((context) => context.close()));
  },

  async guest({ device }, provide) {
    await provide(async (name, { path = '/rooms/general', before, ...options } = {}) => {
      const context = await device(options);
      const answer = await context.request.post('/api/session', { data: { name } });
      expect(answer.status()).toBe(201);
      const page = await context.newPage();
      await before?.(page);
      const guest = new Guest(page, name, options.locale === 'zh-CN' ? 'zh-CN' : 'en');
      await guest.visit(path);
      return guest;
    });
  },
});

export { expect };
