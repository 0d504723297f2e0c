import { expect, test } from './fixtures.js';

test('what every test listens to is heard', async ({ server, guest, problems }) => {
  const ada = await guest('Ada');
  const heard = () => problems.found.join('\n');
  await ada.page.evaluate(() => {
    setTimeout(() => {
      throw new Error('nobody catches this');
    });
    document.body.append(Object.assign(new Image(), { src: 'http://192.0.2.1/spy.png' }));
    document.body.setAttribute('style', 'color: red');
  });
  await expect.poll(heard).toContain('uncaught: nobody catches this');
  await expect.poll(heard).toContain('content security policy: img-src http://192.0.2.1/spy.png');
  await ada.page.goto(server.origin.replace('127.0.0.1', 'localhost'));
  await expect.poll(heard).toContain('request to a foreign origin: http://localhost');
  problems.allow(/./);
  problems.found.length = 0;
});
