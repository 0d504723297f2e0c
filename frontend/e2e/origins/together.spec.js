// All five tutorials and our own client, in real windows and terminals, in one conversation.
import { Guest } from '../guest.js';
import { expect, test } from './house.js';
import { fresh, items } from './words.js';
import { wscat } from './wscat.js';

test('everybody talks with everybody, each in the form that they know', async ({
  browser,
  house,
  own,
  site,
  tutorial,
  dial,
}) => {
  test.slow(); // nine windows and a terminal
  const server = `localhost:${house.port}`;
  const context = await browser.newContext({ baseURL: house.origin });
  const name = fresh('Ada');
  await context.request.post('/api/session', { data: { name } });
  const ada = new Guest(await context.newPage(), name);
  await ada.visit('/rooms/general');

  const react = await tutorial(site, `react.html?part=5&server=${server}/ws`);
  const gochat = await tutorial(site, `gochat.html?server=${server}`);
  const home = await tutorial(own, 'home.html');
  const todo = await tutorial(own, 'todo.html');
  const echo = await tutorial(site, `echo.html?server=${server}`);
  const push = await tutorial(site, `push.html?server=${server}`);
  const cat = await wscat(`http://127.0.0.1:${house.port}/ws`);
  await echo.getByRole('button', { name: 'Open' }).click();
  await expect(echo.locator('#output')).toHaveText('OPEN');
  await expect(react.locator('.Message').first()).toBeVisible();

  /** Everybody in the lobby is shown it. @param {string} body @param {string} [as] */
  async function allSee(body, as) {
    const line = as ? `${as}: ${body}` : body;
    await expect(react.locator('.Message', { hasText: body })).toHaveText([line]);
    await expect(home.locator('#log > div', { hasText: body })).toHaveText([line]);
    await cat.shows(`< ${line}`);
    const said = gochat.locator('#chat-text p', { hasText: body });
    await expect(said).toHaveText([as ? line : new RegExp(`^.+: ${body}$`)]);
    await expect(ada.message(body)).toBeVisible();
  }

  const bodies = Array.from({ length: 5 }, () => fresh('said'));
  await react.getByPlaceholder('Type a message').fill(bodies[0]);
  await react.keyboard.press('Enter');
  await allSee(bodies[0]);
  await gochat.locator('#input-username').fill('bob');
  await gochat.locator('#input-text').fill(bodies[1]);
  await gochat.getByRole('button', { name: 'Send' }).click();
  await allSee(bodies[1], 'bob');
  await home.locator('#msg').fill(bodies[2]);
  await home.locator('#msg').press('Enter');
  await allSee(bodies[2]);
  cat.type(bodies[3]);
  await allSee(bodies[3]);
  await ada.say(bodies[4]);
  await allSee(bodies[4], name);

  // The list is the room's; what is pushed and mirrored is nobody else's.
  const item = fresh('buy milk');
  await todo.locator('#input').fill(`add ${item}`);
  await todo.getByRole('button', { name: 'Send' }).click();
  await expect(todo.locator('#output')).toContainText(` - ${item}\n`);
  await expect(ada.list.getByText(item).first()).toBeVisible();
  await ada.write(`/todo done ${item}`);
  await ada.composer.press('Enter');
  const list = await dial('/todo');
  await expect.poll(async () => items(await list.ask('list'))).not.toContain(item);

  const pushed = fresh('pushed');
  expect(
    await (await fetch(`${house.origin}/sendall?msg=${encodeURIComponent(pushed)}`)).text(),
  ).toBe('OK');
  await expect(push.locator('#message p').last()).toHaveText(`服务端消息:${pushed}`);
  await expect(echo.locator('#output div').last()).toHaveText(`RESPONSE: ${pushed}`);
  for (const page of [react, gochat, home, ada.page]) {
    await expect(page.getByText(pushed)).toHaveCount(0);
  }
  expect(cat.lines().filter((line) => line === pushed || line.includes(item))).toEqual([]);
  await cat.quit();
  await context.close();
});
