// The pages are as easily hurt as the tutorials' are: that nothing happens to them is our server's merit.
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { EVIL, expect, test } from './house.js';

for (const [name, frame] of [
  ['todo.html', EVIL],
  ['gochat.html', JSON.stringify({ username: 'Eve', text: EVIL })],
  ['push.html', EVIL],
]) {
  test(`${name} runs what a server sends it without escaping`, async ({ browser, site }) => {
    const careless = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(careless, 'listening');
    careless.on('connection', (socket) => socket.send(frame));
    const { port } = /** @type {import('node:net').AddressInfo} */ (careless.address());
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${site.origin}/${name}?server=localhost:${port}`);
    await expect.poll(() => page.evaluate('window.ran')).toBe(1);
    await context.close();
    careless.close();
  });
}
