import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { test as base, expect } from '@playwright/test';
import { build } from 'vite';
import { startCrowd } from './crowd.js';
import { dial, refused, CRA } from './peer.js';
import { startServer } from '../server.js';
import { startSite } from './site.js';

/**
 * @import {Page} from '@playwright/test'
 * @import {Crowd} from './crowd.js'
 * @import {Server} from '../server.js'
 * @import {Manner, Peer} from './peer.js'
 * @import {Site} from './site.js'
 */

const backend = resolve(import.meta.dirname, '..', '..', '..', 'backend');

/**
 * `program` is the server with the race detector in it, `house` runs it: one for
 * all tests, with one client of every dialect in it all the time. `dial` opens a
 * socket there that is closed after the test; `tutorial` opens the page of a
 * tutorial, from `site`, a web server on another port, or from `own`, which is
 * one host and port with the sockets.
 * @typedef {{program: string, house: Server, crowd: Crowd, site: Site, own: Site}} Lasting
 *
 * @typedef {{
 *   allowed: RegExp[],
 *   dial: (path: string, manner?: Manner) => Promise<Peer>,
 *   refused: (path: string, manner?: Manner) => Promise<number>,
 *   json: () => Promise<Peer>,
 *   text: () => Promise<Peer>,
 *   tutorial: (from: {origin: string}, path: string) => Promise<Page>,
 * }} Passing
 */

/** What a page that is let script itself would do, and what the browser then says. */
export const EVIL = '<img src=x onerror=window.ran=1><script>window.ran=1</script>';

/** @type {import('@playwright/test').Fixtures<Passing, Lasting, import('@playwright/test').PlaywrightTestArgs & import('@playwright/test').PlaywrightTestOptions, import('@playwright/test').PlaywrightWorkerArgs & import('@playwright/test').PlaywrightWorkerOptions>} */
const fixtures = {
  program: [
    async ({ browserName: _ }, provide) => {
      // TEAHOUSE_RACE_BIN saves somebody who runs one test again and again the build.
      if (process.env.TEAHOUSE_RACE_BIN) {
        await provide(resolve(process.env.TEAHOUSE_RACE_BIN));
        return;
      }
      const folder = await mkdtemp(join(tmpdir(), 'teahouse-race-'));
      try {
        const program = join(folder, 'teahouse');
        await promisify(execFile)('go', ['build', '-race', '-o', program, '.'], {
          cwd: backend,
          env: { ...process.env, CGO_ENABLED: '1' },
        });
        await provide(program);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: 300_000 },
  ],

  house: [
    async ({ program }, provide) => {
      const house = await startServer({}, program);
      await provide(house);
      // Ends with another status where the detector has found a race.
      await house.stop();
      expect(house.complaints(), 'the server complains of nothing').toEqual([]);
    },
    { scope: 'worker' },
  ],

  crowd: [
    async ({ house }, provide) => {
      const crowd = await startCrowd(house);
      await provide(crowd);
      await crowd.leave();
    },
    { scope: 'worker' },
  ],

  site: [
    async ({ program: _ }, provide) => {
      const folder = await mkdtemp(join(tmpdir(), 'teahouse-pages-'));
      await buildReact(folder);
      const site = await startSite({ folder });
      await provide(site);
      await site.stop();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],

  own: [
    async ({ house }, provide) => {
      const own = await startSite({ behind: house.port });
      await provide(own);
      await own.stop();
    },
    { scope: 'worker' },
  ],

  allowed: async ({ browserName: _ }, provide) => provide([]),

  async dial({ house, crowd }, provide) {
    /** @type {Peer[]} */
    const opened = [];
    await provide(async (path, manner) => {
      const peer = await dial(`ws://127.0.0.1:${house.port}${path}`, manner);
      opened.push(peer);
      return peer;
    });
    await Promise.all(opened.map((peer) => peer.leave()));
    // Whatever happened here, nobody of the others noticed more than what is theirs.
    crowd.check();
  },

  async refused({ house }, provide) {
    await provide((path, manner) => refused(`ws://127.0.0.1:${house.port}${path}`, manner));
  },

  async json({ dial }, provide) {
    await provide(() => dial('/ws', { origin: CRA }));
  },

  async text({ dial }, provide) {
    await provide(() => dial('/ws'));
  },

  async tutorial({ browser, dial: _, allowed }, provide) {
    /** @type {Page[]} */
    const opened = [];
    /** @type {string[]} */
    const wrong = [];
    await provide(async (from, path) => {
      const page = await (await browser.newContext()).newPage();
      opened.push(page);
      page.on('pageerror', ({ message }) => wrong.push(message));
      await page.goto(new URL(path, from.origin).href);
      return page;
    });
    for (const page of opened) {
      const ran = await Promise.all(page.frames().map((frame) => frame.evaluate('window.ran')));
      expect(ran.filter(Boolean), 'no script of a message ran').toEqual([]);
      await page.context().close();
    }
    const unexpected = wrong.filter((message) => !allowed.some((known) => known.test(message)));
    expect(unexpected, 'no error in a page').toEqual([]);
  },
};

export const test = base.extend(fixtures);

/** Makes the React page, from the React that the client uses. @param {string} folder */
async function buildReact(folder) {
  const pages = join(import.meta.dirname, 'pages');
  await build({
    configFile: false,
    root: pages,
    logLevel: 'error',
    publicDir: pages, // the other pages, as they are
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: folder,
      emptyOutDir: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(pages, 'react.js'),
        output: { format: 'iife', entryFileNames: 'app.js' },
      },
    },
  });
}

export { expect };
