import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-prefers-reduced-motion',
  '--lang=en-GB',
  '--window-size=1280,800',
  '--remote-debugging-port=0',
];

/**
 * A browser as on somebody's desk: of its tabs one is in sight, and the others
 * are hidden. Those that the test runner starts all believe to be in sight.
 */
export async function openBrowser() {
  const profile = await mkdtemp(join(tmpdir(), 'teahouse-desk-'));
  const child = spawn(
    process.env.CHROMIUM ?? '/usr/bin/chromium',
    [...args, `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const gone = once(child, 'exit');
  const address = await new Promise((resolve, reject) => {
    let log = '';
    child.stderr.on('data', (text) => {
      log += text;
      const [, found] = /listening on (ws:\S+)/.exec(log) ?? [];
      if (found) resolve(found);
    });
    child.on('exit', () => reject(new Error(`the browser did not start:\n${log}`)));
  });
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const [context] = browser.contexts();
  return {
    context,
    async close() {
      await browser.close();
      child.kill();
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
